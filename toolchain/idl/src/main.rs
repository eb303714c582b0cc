//! `pinfi-idl OUT_DIR PROGRAM_DIR...` writes OUT_DIR/NAME.json for each program, with the library
//! that the Anchor CLI uses: it compiles the program for this machine with the feature `idl-build`
//! and runs the tests that print its parts.

use std::{env, fs, path::PathBuf};

use anchor_lang_idl::build::IdlBuilder;
use anyhow::{Context, Result};

fn main() -> Result<()> {
    // Where this is set, anchor-lang-idl 0.1.4 passes a literal "+{toolchain}" to cargo.
    env::remove_var("RUSTUP_TOOLCHAIN");
    let mut args = env::args().skip(1);
    let out = PathBuf::from(args.next().context("usage: pinfi-idl OUT_DIR PROGRAM_DIR...")?);
    fs::create_dir_all(&out)?;
    for dir in args {
        let idl = IdlBuilder::new()
            .program_path(fs::canonicalize(&dir).with_context(|| dir.clone())?)
            .cargo_args(vec!["--lib".into(), "--locked".into()])
            .build()
            .with_context(|| format!("the IDL of {dir}"))?;
        let file = out.join(&idl.metadata.name).with_extension("json");
        fs::write(&file, serde_json::to_string_pretty(&idl)? + "\n")?;
        println!("{}", file.display());
    }
    Ok(())
}

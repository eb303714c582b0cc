//! Rewrites the programs' sources in place so that one build holds every mutant, each behind a
//! number, and prints what the numbers stand for: `pinfi-mutants TREE`.
//!
//! A mutant is one comparison, one check or one account constraint that is removed or weakened.
//! `accounts.rs` says which there are of accounts, `code.rs` of everything else.

mod accounts;
mod code;
mod edits;
mod shared;
mod sites;

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use shared::Shared;
use sites::Sites;

/// The switch, put into each crate; the accounts' part only where there are accounts.
const SWITCH: &str = include_str!("switch.rs.txt");
const SWITCH_ACCOUNTS: &str = include_str!("switch_accounts.rs.txt");
/// Declarations without a decision in them.
const LEFT_ALONE: [&str; 3] = ["errors.rs", "events.rs", "entrypoint.rs"];

fn main() -> ExitCode {
    let Some(tree) = env::args().nth(1).map(PathBuf::from) else {
        eprintln!("usage: pinfi-mutants TREE");
        return ExitCode::FAILURE;
    };
    match rewrite(&tree) {
        Ok(sites) => {
            println!("{}", sites.to_json());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn rewrite(tree: &Path) -> io::Result<Sites> {
    let shared = Shared::read(tree)?;
    let mut sites = Sites::default();
    for folder in entries(&tree.join("programs"))? {
        let src = folder.join("src");
        let mut with_accounts = false;
        for file in rust_files(&src)? {
            let text = shared.expand(fs::read_to_string(&file)?);
            let name = file.strip_prefix(tree.join("programs")).map_err(io::Error::other)?;
            let place = name.display().to_string().replace("/src/", "/");
            let rewritten = code::rewrite(&text, &place, &mut sites)
                .map_err(|error| io::Error::other(format!("{place}: {error}")))?;
            with_accounts |= rewritten.accounts;
            fs::write(&file, rewritten.text)?;
        }
        let switch = format!("{SWITCH}{}", if with_accounts { SWITCH_ACCOUNTS } else { "" });
        fs::write(src.join("mutants.rs"), switch)?;
        let lib = src.join("lib.rs");
        fs::write(&lib, format!("{}\npub mod mutants;\n", fs::read_to_string(&lib)?))?;
    }
    Ok(sites)
}

/// Every source file below `folder`, in a fixed order.
fn rust_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if !LEFT_ALONE.iter().any(|name| path.ends_with(name)) {
            files.push(path);
        }
    }
    Ok(files)
}

/// What stands in a folder, in a fixed order.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries: Vec<_> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    entries.sort();
    Ok(entries)
}

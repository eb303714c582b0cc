//! Instructions that programs take from `pinfi-common` by a macro: put where they are taken, so that
//! their checks are found there, program by program.

use std::{fs, io, path::Path};

const CALL: &str = "pinfi_common::authority_instructions!(";
const FILE: &str = "programs/common/src/governance/instructions.rs";

/// The body of the macro.
pub struct Shared(String);

impl Shared {
    pub fn read(tree: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(tree.join(FILE))?;
        let body = text.split_once("=> {\n").and_then(|(_, rest)| rest.rsplit_once("    };\n}"));
        let (body, _) = body.ok_or_else(|| io::Error::other(format!("{FILE} has no macro")))?;
        Ok(Self(body.replace("$crate", "pinfi_common")))
    }

    /// The source with the macro's call, `name: value, ...`, replaced by what it makes.
    pub fn expand(&self, source: String) -> String {
        let Some((before, rest)) = source.split_once(CALL) else { return source };
        let Some((arguments, after)) = rest.split_once(");") else { return source };
        let pairs = arguments.split(',').filter_map(|pair| pair.split_once(':'));
        let made = pairs.fold(self.0.clone(), |made, (name, value)| {
            made.replace(&format!("${}", name.trim()), value.trim())
        });
        format!("{before}{made}{after}")
    }
}

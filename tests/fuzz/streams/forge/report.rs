//! What became of forgeries.

use std::collections::BTreeMap;

/// Errors of the program that some forgery must end with.
const REFUSALS: [&str; 8] = [
    "VoucherDomainMismatch",
    "MissingSignatureIx",
    "NotEd25519Program",
    "InvalidEd25519Layout",
    "SignatureIxReused",
    "WrongVoucherSigner",
    "VoucherSignerExpired",
    "CapExceeded",
];

/// How forgeries ended, by the error's name, and how many were no forgeries after all.
#[derive(Default)]
pub struct Report {
    pub refused: BTreeMap<String, u64>,
    pub by_bend: BTreeMap<&'static str, u64>,
    pub harmless: u64,
    pub honest: u64,
}

impl Report {
    pub fn add(&mut self, other: Self) {
        let Self { refused, by_bend, harmless, honest } = other;
        refused.into_iter().for_each(|(name, n)| *self.refused.entry(name).or_default() += n);
        by_bend.into_iter().for_each(|(name, n)| *self.by_bend.entry(name).or_default() += n);
        self.harmless += harmless;
        self.honest += honest;
    }

    pub fn print(&self) {
        for (name, n) in &self.by_bend {
            println!("  {n:>9}  {name}");
        }
        println!("  refused with:");
        for (name, n) in &self.refused {
            println!("  {n:>9}  {name}");
        }
    }

    /// A check that refused nothing was not tested.
    pub fn require_reached(&self) -> Result<(), String> {
        match REFUSALS.iter().find(|name| !self.refused.contains_key(**name)) {
            Some(name) => {
                Err(format!("no forgery was refused with {name}: that check is not reached"))
            }
            None => Ok(()),
        }
    }
}

//! Seeds of walks that failed once. Every run walks them again before anything else.

use std::{fs, io::Write, path::Path};

/// Steps of a walk, as every run makes them.
use crate::walk::STEPS;

/// A seed on each line; what follows it is a remark.
pub fn read(file: &Path) -> Result<Vec<(u64, u64)>, String> {
    let text = fs::read_to_string(file)
        .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    let seeds = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    seeds
        .map(|line| {
            let seed = line.split_whitespace().next().unwrap_or_default();
            let seed = seed.parse().map_err(|_| format!("regressions: \"{line}\" has no seed"))?;
            Ok((seed, STEPS))
        })
        .collect()
}

/// Adds a seed.
pub fn keep(file: &Path, seed: u64) -> Result<(), String> {
    if read(file)?.iter().any(|(known, _)| *known == seed) {
        return Ok(());
    }
    let opened = fs::OpenOptions::new().append(true).open(file);
    opened
        .and_then(|mut file| writeln!(file, "{seed}"))
        .map_err(|error| format!("the seed could not be kept in {}: {error}", file.display()))
}

//! Seeds of walks that failed once. Every run walks them again before anything else.

use std::{fs, io, io::Write, path::Path};

/// A seed on each line; what follows it is a remark. A game without the file has none yet.
pub fn read(file: &Path) -> Result<Vec<u64>, String> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(format!("{} cannot be read: {error}", file.display())),
    };
    let seeds = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    seeds
        .map(|line| {
            let seed = line.split_whitespace().next().unwrap_or_default();
            seed.parse().map_err(|_| format!("{}: \"{line}\" has no seed", file.display()))
        })
        .collect()
}

/// Adds a seed.
pub fn keep(file: &Path, seed: u64) -> Result<(), String> {
    if read(file)?.contains(&seed) {
        return Ok(());
    }
    let opened = fs::OpenOptions::new().append(true).create(true).open(file);
    opened
        .and_then(|mut file| writeln!(file, "{seed}"))
        .map_err(|error| format!("{seed} could not be kept in {}: {error}", file.display()))
}

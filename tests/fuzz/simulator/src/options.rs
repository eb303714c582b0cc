//! The command line.

use std::path::PathBuf;

use crate::Judge;

pub const USAGE: &str =
    "usage: pinfi-fuzz programs | walk|forge [--game NAME] [--count N] [--seed S] \
                         [--program FILE]... [--invariants-only] [--keep-no-seed]";

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Says which programs the games play.
    Programs,
    Walk,
    Forge,
}

pub struct Options {
    pub what: What,
    /// The only one to be played.
    pub game: Option<String>,
    /// Steps or mutations, of each game.
    pub count: u64,
    pub seed: u64,
    /// Instead of the built program of the same file name.
    pub programs: Vec<PathBuf>,
    pub judge: Judge,
    /// Whether the seed of a failing walk is added to the regressions.
    pub keep: bool,
}

impl Options {
    pub fn read(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let (what, count) = match args.next().as_deref() {
            Some("programs") => (What::Programs, 0),
            Some("walk") => (What::Walk, 200_000),
            Some("forge") => (What::Forge, 20_000),
            _ => return Err(USAGE.into()),
        };
        let mut options = Self {
            what,
            game: None,
            count,
            // A new one every time, unless one is named; it is always printed.
            seed: std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0, |since| since.as_micros() as u64),
            programs: Vec::new(),
            judge: Judge::All,
            keep: true,
        };
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{arg} wants a value\n{USAGE}"));
            let number = |text: String| {
                text.parse().map_err(|_| format!("{text} is no whole number\n{USAGE}"))
            };
            match arg.as_str() {
                "--game" => options.game = Some(value()?),
                "--count" => options.count = number(value()?)?,
                "--seed" => options.seed = number(value()?)?,
                "--program" => options.programs.push(value()?.into()),
                "--invariants-only" => options.judge = Judge::Invariants,
                "--keep-no-seed" => options.keep = false,
                _ => return Err(format!("{arg} is not known\n{USAGE}")),
            }
        }
        Ok(options)
    }
}

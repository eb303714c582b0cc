//! The command: plays one game or all of them, and prints what came of it.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use crate::{
    options::{Options, What, USAGE},
    regressions, run, walk, Base, Game, Program, Run, Tally, STEPS,
};

/// Below the working directory, tests/fuzz, and not where this was compiled: checkouts share the
/// binary.
const BUILT: &str = "../../target/simulators";
/// Steps within which every action must have been accepted.
const ENOUGH: u64 = 20_000;

/// A game, whatever its types.
pub trait Play {
    fn name(&self) -> &'static str;
    fn programs(&self) -> &'static [Program];
    fn play(&self, options: &Options) -> Result<(), String>;
}

impl<G: Game> Play for G {
    fn name(&self) -> &'static str {
        G::NAME
    }

    fn programs(&self) -> &'static [Program] {
        G::PROGRAMS
    }

    fn play(&self, options: &Options) -> Result<(), String> {
        let base = || -> Result<Base<G::Account>, String> {
            let path = |program: &Program| (*program, file_of(program, &options.programs));
            Base::load(&G::PROGRAMS.iter().map(path).collect::<Vec<_>>(), G::decode)
        };
        match options.what {
            What::Programs => {
                for Program { name, address } in G::PROGRAMS {
                    println!("{name} {address}");
                }
                Ok(())
            }
            What::Walk => walk_all(self, &base()?, options),
            What::Forge => match G::FORGE {
                Some(forge) => forge(self, &base()?, options.seed, options.count),
                None => Ok(()),
            },
        }
    }
}

/// Plays what the command line asks for.
pub fn main(games: &[&dyn Play]) -> ExitCode {
    let played = Options::read(std::env::args().skip(1)).and_then(|options| {
        let wanted = |game: &&&dyn Play| options.game.as_ref().is_none_or(|n| n == game.name());
        let chosen: Vec<_> = games.iter().filter(wanted).collect();
        if chosen.is_empty() {
            let names: Vec<_> = games.iter().map(|game| game.name()).collect();
            return Err(format!("the games are {}\n{USAGE}", names.join(", ")));
        }
        let known: Vec<_> = chosen.iter().flat_map(|game| game.programs()).collect();
        let is_known = |path: &&PathBuf| known.iter().any(|program| is_file_of(program, path));
        if let Some(path) = options.programs.iter().find(|path| !is_known(path)) {
            return Err(format!("{} is named like no program of the game's", path.display()));
        }
        chosen.into_iter().try_for_each(|game| {
            game.play(&options).map_err(|found| format!("{} failed:\n{found}", game.name()))
        })
    });
    match played {
        Ok(()) => ExitCode::SUCCESS,
        Err(found) => {
            eprintln!("\n{found}");
            ExitCode::FAILURE
        }
    }
}

/// The file named for the program on the command line, else the built one.
fn file_of(program: &Program, named: &[PathBuf]) -> PathBuf {
    let built = || Path::new(BUILT).join(program.name).with_extension("so");
    named.iter().find(|path| is_file_of(program, path)).cloned().unwrap_or_else(built)
}

fn is_file_of(program: &Program, path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem == program.name)
}

fn walk_all<G: Game>(game: &G, base: &Base<G::Account>, options: &Options) -> Result<(), String> {
    let Options { count, seed, judge, .. } = *options;
    let file = Path::new(G::NAME).join("regressions.txt");
    let old = regressions::read(&file)?;
    for seed in &old {
        let again = Run { seed: *seed, steps: STEPS, judge };
        walk(game, base, again).map_err(|failure| failure.to_string())?;
    }
    println!("{} walk: {} regressions replayed; seed {seed}, {count} steps", G::NAME, old.len());
    let started = Instant::now();
    let tally = run(game, base, Run { seed, steps: count, judge }).map_err(|failure| {
        let kept = match options.keep {
            true => regressions::keep(&file, failure.seed),
            false => Ok(()),
        };
        format!("{failure}\n{}", kept.err().unwrap_or_default())
    })?;
    for (name, (accepted, refused)) in &tally {
        println!("  {name:<18} {accepted:>9} accepted {refused:>9} refused");
    }
    println!("{} walk: {count} steps in {}", G::NAME, rate(count, started));
    match count >= ENOUGH {
        true => require_reached::<G>(&tally),
        false => Ok(()),
    }
}

/// An action that never went through was never tested, and one that is in no list is forgotten.
fn require_reached<G: Game>(tally: &Tally) -> Result<(), String> {
    let accepted = |name: &str| tally.get(name).is_some_and(|(accepted, _)| *accepted > 0);
    if let Some(name) = G::ACTIONS.accepted.iter().find(|name| !accepted(name)) {
        return Err(format!("{name} was never accepted: the walk does not reach it"));
    }
    let listed = |name: &&String| {
        let mut all = G::ACTIONS.accepted.iter().chain(G::ACTIONS.refused);
        all.any(|listed| listed == *name)
    };
    match tally.keys().find(|name| !listed(name)) {
        Some(name) => Err(format!("{name} is not in the game's ACTIONS")),
        None => Ok(()),
    }
}

/// Time since `started`, and how many a second.
pub fn rate(count: u64, started: Instant) -> String {
    let seconds = started.elapsed().as_secs_f64();
    format!("{seconds:.1} s, {:.0} a second", count as f64 / seconds)
}

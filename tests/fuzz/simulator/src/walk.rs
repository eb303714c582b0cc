//! The walk: many random steps of many people on one chain, each held to the model and to every
//! invariant.

use std::{
    collections::BTreeMap,
    sync::{
        atomic::{AtomicBool, Ordering},
        Mutex,
    },
    thread,
};

use crate::{Base, Game, Judge, Player, Random, World};

/// Steps of one walk before everybody leaves and a new one begins.
pub const STEPS: u64 = 2_500;

/// A walk that broke a promise.
pub struct Failure {
    pub seed: u64,
    pub step: u64,
    pub found: String,
    pub last_steps: String,
}

impl core::fmt::Display for Failure {
    fn fmt(&self, to: &mut core::fmt::Formatter) -> core::fmt::Result {
        let Self { seed, step, found, last_steps } = self;
        write!(to, "walk {seed} broke at step {step}: {found}\nlast steps:\n    {last_steps}")
    }
}

/// How often each action was accepted and refused.
pub type Tally = BTreeMap<String, (u64, u64)>;

/// Many walks.
#[derive(Clone, Copy)]
pub struct Run {
    pub seed: u64,
    /// Of all walks together.
    pub steps: u64,
    pub judge: Judge,
}

/// One walk of `run.steps` steps and its end. The same seed is the same walk.
pub fn walk<G: Game>(game: &G, base: &Base<G::Account>, run: Run) -> Result<Tally, Failure> {
    let Run { seed, steps, judge } = run;
    let fail = |step, found, last_steps| Failure { seed, step, found, last_steps };
    let mut player = World::new(game, base, seed, judge)
        .and_then(G::Player::new)
        .map_err(|found| fail(0, found, String::new()))?;
    for step in 0..steps {
        if let Err(found) = player.step() {
            return Err(fail(step, found, player.world().last_steps()));
        }
    }
    player.world().note("winding up".into());
    match player.wind_up() {
        Ok(()) => Ok(core::mem::take(&mut player.world().tally)),
        Err(found) => Err(fail(steps, found, player.world().last_steps())),
    }
}

/// The seed of the `nth` walk of a run.
fn seed_of(run: u64, nth: u64) -> u64 {
    Random::new(run.wrapping_add(nth.wrapping_mul(0x5851_f42d_4c95_7f2d))).word()
}

/// As many walks as make `run.steps`, on all processors; the first failure ends the run.
pub fn run<G: Game>(game: &G, base: &Base<G::Account>, run: Run) -> Result<Tally, Failure> {
    let next = Mutex::new(0u64);
    let stop = AtomicBool::new(false);
    let result = Mutex::new(Ok(Tally::new()));
    let threads = thread::available_parallelism().map_or(1, |count| count.get());
    thread::scope(|scope| {
        for _ in 0..threads {
            let base = base.clone();
            let (next, stop, result) = (&next, &stop, &result);
            scope.spawn(move || loop {
                let nth = {
                    let mut next = next.lock().expect("nobody panics with it");
                    *next += 1;
                    *next - 1
                };
                let left = run.steps.saturating_sub(nth * STEPS);
                if left == 0 || stop.load(Ordering::Relaxed) {
                    return;
                }
                let one = Run { seed: seed_of(run.seed, nth), steps: left.min(STEPS), ..run };
                let walked = walk(game, &base, one);
                let mut result = result.lock().expect("nobody panics with it");
                match (&mut *result, walked) {
                    (Ok(all), Ok(tally)) => add(all, tally),
                    (Ok(_), Err(failure)) => {
                        *result = Err(failure);
                        stop.store(true, Ordering::Relaxed);
                    }
                    (Err(_), _) => {}
                }
            });
        }
    });
    result.into_inner().expect("nobody panics with it")
}

fn add(all: &mut Tally, tally: Tally) {
    for (name, (accepted, refused)) in tally {
        let entry = all.entry(name).or_default();
        *entry = (entry.0 + accepted, entry.1 + refused);
    }
}

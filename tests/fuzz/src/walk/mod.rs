//! The walk: many random steps of many people on one chain, each held to the model and to every
//! invariant.

mod choose;
mod hostile;
mod orders;
mod pools;
mod propose;
mod wind_up;
mod world;

use std::{
    collections::BTreeMap,
    sync::{
        atomic::{AtomicBool, Ordering},
        Mutex,
    },
};

use crate::{chain::Base, places::Places};
pub use world::Judge;
use world::World;

/// Steps of one walk before everybody leaves and a new one begins.
pub const STEPS: u64 = 2_500;

/// A walk that broke a promise.
pub struct Failure {
    pub seed: u64,
    pub step: u64,
    pub found: String,
    pub last_steps: String,
}

/// What was done, for the report.
pub type Tally = BTreeMap<String, (u64, u64)>;

fn one_step(world: &mut World) -> Result<(), String> {
    match world.random.below(160) {
        0 => world.compare_orders(),
        1..=2 => {
            let places = world.places;
            let mint = &places.mints[world.random.index(places.mints.len())];
            let wallet = mint.wallets[world.random.index(4)][world.random.index(2)];
            let escrow = world.random.one_in(4) && world.model.token(&mint.escrow).is_ok();
            let wallet = if escrow { mint.escrow } else { wallet };
            let frozen = world.random.one_in(4);
            world.set_frozen(wallet, frozen)
        }
        3..=22 => {
            let seconds = match world.random.below(12) {
                0 => 0,
                1 => -(world.random.below(90) as i64),
                2 => 2_592_000,
                3..=5 => world.random.below(5_000) as i64,
                _ => 1 + world.random.below(120) as i64,
            };
            let same_slot = world.random.one_in(4);
            world.set_time(world.model.now + seconds, same_slot);
            Ok(())
        }
        _ => {
            let action = world.propose();
            let twist = world.twist();
            world.act(action, twist).map(|_| ())
        }
    }
}

/// One walk of `steps` steps and its end. The same seed is the same walk.
pub fn walk(
    places: &Places,
    base: &Base,
    seed: u64,
    steps: u64,
    judge: Judge,
) -> Result<Tally, Failure> {
    let fail = |step, found, last_steps| Failure { seed, step, found, last_steps };
    let mut world =
        World::new(places, base, seed, judge).map_err(|found| fail(0, found, String::new()))?;
    for step in 0..steps {
        if let Err(found) = one_step(&mut world) {
            return Err(fail(step, found, world.last_steps()));
        }
    }
    match world.wind_up() {
        Ok(()) => Ok(world.tally),
        Err(found) => Err(fail(steps, found, world.last_steps())),
    }
}

/// The seed of the `nth` walk of a run.
fn seed_of(run: u64, nth: u64) -> u64 {
    crate::random::Random::new(run.wrapping_add(nth.wrapping_mul(0x5851_f42d_4c95_7f2d))).word()
}

/// As many walks as make `steps`, on all processors; the first failure ends the run.
pub fn run(
    places: &Places,
    base: &Base,
    seed: u64,
    steps: u64,
    judge: Judge,
) -> Result<Tally, Failure> {
    let next = Mutex::new(0u64);
    let stop = AtomicBool::new(false);
    let result = Mutex::new(Ok(Tally::new()));
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let base = base.clone();
            let (next, stop, result) = (&next, &stop, &result);
            scope.spawn(move || loop {
                let nth = {
                    let mut next = next.lock().expect("nobody panics with it");
                    *next += 1;
                    *next - 1
                };
                let left = steps.saturating_sub(nth * STEPS);
                if left == 0 || stop.load(Ordering::Relaxed) {
                    return;
                }
                let walked = walk(places, &base, seed_of(seed, nth), left.min(STEPS), judge);
                let mut result = result.lock().expect("nobody panics with it");
                match (&mut *result, walked) {
                    (Ok(all), Ok(tally)) => {
                        for (name, (accepted, refused)) in tally {
                            let entry = all.entry(name).or_default();
                            *entry = (entry.0 + accepted, entry.1 + refused);
                        }
                    }
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

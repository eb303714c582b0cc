//! Games on a simulated chain: people do random things to one or more compiled programs, and every
//! step is held to a model of the programs and to what must never happen. See the README above.

pub mod addresses;
mod chain;
pub mod data;
mod game;
pub mod invariants;
mod ledger;
mod options;
mod random;
mod regressions;
mod run;
pub mod tokens;
mod twist;
mod view;
mod walk;
mod world;

pub use chain::{Base, Chain, Outcome, Program, BANK};
pub use game::{Actions, Facts, Forge, Game, Memory, Player};
pub use invariants::{ensure, Invariant, Verdict};
pub use ledger::{Ledger, Refusal};
pub use random::Random;
pub use run::{main, rate, Play};
pub use twist::Twist;
pub use view::{balance, changes, tokens, Seen, State, Token, View};
pub use walk::{run, walk, Failure, Run, Tally, STEPS};
pub use world::{Judge, World};

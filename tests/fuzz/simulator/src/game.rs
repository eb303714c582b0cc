//! What a game has to say. The library plays it: it sends the actions, compares the chain with the
//! model, judges the invariants, and runs walks on all processors.

use std::{collections::BTreeSet, fmt::Debug};

use solana_address::Address;
use solana_instruction::Instruction;

use crate::{Base, Chain, Invariant, Ledger, Outcome, Program, Refusal, View, World};

/// Names of actions, as their `Debug` begins.
pub struct Actions {
    /// A run of 20,000 steps must have each accepted once: what never went through was not tested.
    pub accepted: &'static [&'static str],
    /// Can never be accepted in a walk.
    pub refused: &'static [&'static str],
}

/// Forges signatures: with a seed, so many times at least.
pub type Forge<G> = fn(&G, &Base<<G as Game>::Account>, u64, u64) -> Result<(), String>;

/// One or more programs, the people that use them, and what must hold.
pub trait Game: Sized + Sync + 'static {
    const NAME: &'static str;
    const PROGRAMS: &'static [Program];
    const ACTIONS: Actions;
    /// In the order in which they are judged.
    const INVARIANTS: &'static [Invariant<Self>];

    /// The kinds of account of the game's programs.
    type Account: Clone + Debug + Eq;
    /// Everything anybody can ask of the programs, or do to them from outside.
    type Action: Debug;
    /// What invariants remember of the steps before.
    type Memory: Memory<Self::Account>;
    /// Who decides what is done next, in one walk.
    type Player<'a>: Player<'a, Self>;

    /// An account from its bytes, by the published layout. An unknown kind, or unused room that is
    /// not zero, is a fault.
    fn decode(program: &Address, data: &[u8]) -> Result<Self::Account, String>;

    /// Puts people, mints and token accounts on a new chain.
    fn set_up(&self, chain: &mut Chain<Self::Account>);

    fn instructions(&self, action: &Self::Action) -> Vec<Instruction>;

    /// Does in `model` what the action asks, or says why it must be refused; then whatever was
    /// changed is thrown away. Written from the programs' description, with no code of theirs.
    fn predict(
        &self,
        model: &mut Ledger<Self::Account>,
        action: &Self::Action,
    ) -> Result<(), Refusal>;

    /// Whether a call could still be honest with account `position`, which was `was`, read-only or
    /// replaced by `with`. Such calls are not distorted: the actions make them, and the model knows
    /// their outcome.
    fn may_be_honest(
        &self,
        action: &Self::Action,
        position: usize,
        was: &Address,
        with: Option<&Address>,
    ) -> bool;

    /// For programs that verify signatures themselves.
    const FORGE: Option<Forge<Self>> = None;
}

/// The people of one walk. What they know of the chain is in their `World`.
pub trait Player<'a, G: Game>: Sized {
    /// Takes over a world with nothing but people and mints in it, and sets the programs up.
    fn new(world: World<'a, G>) -> Result<Self, String>;

    fn world(&mut self) -> &mut World<'a, G>;

    /// Mostly `world.act(…)` with something random to do; now and then another time, a frozen
    /// token account, or a check that takes several transactions.
    fn step(&mut self) -> Result<(), String>;

    /// Everybody leaves, with what is theirs, by actions that `must` be accepted.
    fn wind_up(&mut self) -> Result<(), String>;
}

/// Kept beside the chain, from what was seen, never from the model.
pub trait Memory<P>: Default {
    /// The clock goes to `to` with nothing else happening.
    fn pass(&mut self, _view: &View<P>, _to: i64) {}

    /// Takes note of a step that was judged.
    fn learn(&mut self, _before: &View<P>, _after: &View<P>) {}
}

/// Nothing to remember.
impl<P> Memory<P> for () {}

/// One step, for invariants to judge: the chain before and after, with the accounts of all the
/// game's programs, who signed, and when.
pub struct Facts<'a, G: Game> {
    pub game: &'a G,
    pub action: &'a G::Action,
    pub before: &'a View<G::Account>,
    pub after: &'a View<G::Account>,
    pub outcome: &'a Outcome,
    /// Signed the transaction; the fee payer is nobody's account.
    pub signers: &'a BTreeSet<Address>,
    /// Unix seconds.
    pub now: i64,
    pub slot: u64,
    pub memory: &'a G::Memory,
}

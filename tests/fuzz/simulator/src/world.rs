//! One walk's chain, the model of it, and what is remembered of both.

use std::collections::VecDeque;

use solana_address::Address;
use solana_instruction::Instruction;

use crate::{
    invariants, view::State, Base, Chain, Facts, Game, Ledger, Memory, Outcome, Random, Tally,
    Token, Twist, View,
};

/// 2027-01-15, and a slot in which nothing was done yet.
const START: (i64, u64) = (1_800_000_000, 500_000_000);
const LAST_STEPS: usize = 12;
/// A distortion falls on one of so many accounts; in calls of fewer it wraps around.
const TWISTED_ACCOUNTS: usize = 6;

/// What a walk holds the programs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Judge {
    /// The model and the invariants.
    All,
    /// The invariants alone, to see that they catch a fault by themselves.
    Invariants,
}

pub struct World<'a, G: Game> {
    pub game: &'a G,
    pub chain: Chain<G::Account>,
    pub view: View<G::Account>,
    pub model: Ledger<G::Account>,
    pub memory: G::Memory,
    pub random: Random,
    pub(crate) tally: Tally,
    latest: i64,
    judge: Judge,
    last: VecDeque<String>,
}

impl<'a, G: Game> World<'a, G> {
    pub(crate) fn new(
        game: &'a G,
        base: &Base<G::Account>,
        seed: u64,
        judge: Judge,
    ) -> Result<Self, String> {
        let mut chain = base.start(false);
        game.set_up(&mut chain);
        let (now, slot, hash) = (START.0, START.1, [1; 32]);
        chain.set_time(now, slot, hash);
        let view = chain.look(&View::new())?;
        let mut model = Ledger::new(now, slot, hash);
        model.adopt(&view);
        let mut memory = G::Memory::default();
        memory.pass(&view, now);
        Ok(Self {
            game,
            chain,
            view,
            model,
            memory,
            random: Random::new(seed),
            tally: Tally::new(),
            latest: now,
            judge,
            last: VecDeque::new(),
        })
    }

    /// Remembers what was done, for the report of a failure.
    pub fn note(&mut self, what: String) {
        if self.last.len() == LAST_STEPS {
            self.last.pop_front();
        }
        self.last.push_back(what);
    }

    pub(crate) fn last_steps(&self) -> String {
        Vec::from(self.last.clone()).join("\n    ")
    }

    /// Moves the clock, and with it the slot unless `same_slot`.
    pub fn set_time(&mut self, now: i64, same_slot: bool) {
        self.memory.pass(&self.view, now);
        self.latest = self.latest.max(now);
        self.model.now = now;
        if !same_slot {
            self.model.slot += 1;
            self.model.hash = self.random.bytes();
        }
        self.note(format!("time {now}, slot {}", self.model.slot));
        self.chain.set_time(now, self.model.slot, self.model.hash);
    }

    /// Goes to so many seconds after the latest time there was: the clock may have been set back.
    pub fn advance(&mut self, seconds: i64) {
        self.set_time(self.latest + seconds, false);
    }

    /// The issuer freezes a token account, or thaws it.
    pub fn set_frozen(&mut self, wallet: Address, frozen: bool) -> Result<(), String> {
        let mut account = self.chain.get(&wallet).ok_or("a wallet is gone")?;
        account.data[108] = if frozen { 2 } else { 1 };
        self.chain.put(wallet, account);
        let token = self.model.token(&wallet).map_err(str::to_string)?.clone();
        self.model.accounts.insert(wallet, State::Token(Token { frozen, ..token }).into());
        self.note(format!("{} {wallet}", if frozen { "freeze" } else { "thaw" }));
        self.view = self.chain.look(&self.view)?;
        Ok(())
    }

    /// Does something that is no action, such as the first call that sets a program up, and takes
    /// over what came of it. It has to be accepted.
    pub fn set_up(&mut self, what: &str, instructions: &[Instruction]) -> Result<(), String> {
        let outcome = self.chain.send(instructions, &[]);
        if !outcome.accepted {
            return Err(format!("{what} was refused: {}", outcome.error));
        }
        self.view = self.chain.look(&self.view)?;
        self.model.adopt(&self.view);
        Ok(())
    }

    /// A distortion for one step in six: a right taken away, or any account in another's place.
    pub fn random_twist(&mut self) -> Option<Twist> {
        if !self.random.one_in(6) {
            return None;
        }
        let position = self.random.index(TWISTED_ACCOUNTS);
        Some(match self.random.below(3) {
            0 => Twist::Unsign { position },
            1 => Twist::ReadOnly { position },
            _ => {
                let places: Vec<_> = self.view.keys().copied().collect();
                Twist::Replace { position, with: *self.random.pick(&places) }
            }
        })
    }

    /// Does an action that must be accepted.
    pub fn must(&mut self, action: G::Action) -> Result<(), String> {
        let name = name_of(&action);
        // An expectation of the model's is for `act` to judge; here it must be fulfilled, too.
        match self.act(action, None)?.accepted {
            true => Ok(()),
            false => {
                Err(format!("G-5 (nobody is locked in): {name} was refused, the last thing done"))
            }
        }
    }

    /// Does an action, distorted if a distortion is given, and judges what came of it.
    pub fn act(&mut self, action: G::Action, twist: Option<Twist>) -> Result<Outcome, String> {
        let mut instructions = self.game.instructions(&action);
        let twisted =
            twist.and_then(|twist| twist.apply(self.game, &self.chain, &action, &mut instructions));
        let told = format!("{action:?}");
        let name = first_word(&told).to_string();
        self.note(match &twisted {
            Some(how) => format!("{told}, but {how}"),
            None => told,
        });
        let outcome = self.chain.send(&instructions, &[]);
        let after = self.chain.look(&self.view)?;
        self.judge(&action, &instructions, &outcome, &after)?;
        let tally = self.tally.entry(name).or_default();
        match outcome.accepted {
            true => tally.0 += 1,
            false => tally.1 += 1,
        }
        match self.judge {
            Judge::All => self.compare(&action, twisted.is_some(), &outcome, &after)?,
            Judge::Invariants => self.model.adopt(&after),
        }
        self.memory.learn(&self.view, &after);
        self.view = after;
        Ok(outcome)
    }

    /// The model must have foreseen what happened, and equal the chain.
    fn compare(
        &mut self,
        action: &G::Action,
        twisted: bool,
        outcome: &Outcome,
        after: &View<G::Account>,
    ) -> Result<(), String> {
        // A distorted call is refused or does nothing: the model stays as it is.
        if !twisted {
            let mut expected = self.model.clone();
            match self.game.predict(&mut expected, action) {
                Ok(()) if !outcome.accepted => {
                    let Outcome { error, logs, .. } = outcome;
                    return Err(format!("MODEL accepts, the program refuses: {error}\n{logs:#?}"));
                }
                Err(why) if outcome.accepted => {
                    return Err(format!("MODEL refuses ({why}), the program accepts"));
                }
                Ok(()) => self.model = expected,
                Err(_) => {}
            }
        }
        match self.model.difference(after) {
            Some(difference) => Err(format!("MODEL differs: {difference}")),
            None => Ok(()),
        }
    }

    fn judge(
        &self,
        action: &G::Action,
        instructions: &[Instruction],
        outcome: &Outcome,
        after: &View<G::Account>,
    ) -> Result<(), String> {
        let metas = instructions.iter().flat_map(|instruction| &instruction.accounts);
        let signers = metas.filter(|meta| meta.is_signer).map(|meta| meta.pubkey).collect();
        invariants::judge(&Facts {
            game: self.game,
            action,
            before: &self.view,
            after,
            outcome,
            signers: &signers,
            now: self.model.now,
            slot: self.model.slot,
            memory: &self.memory,
        })
    }
}

/// An action's name: `Debug` begins with it.
fn first_word(told: &str) -> &str {
    told.split([' ', '{', '(']).next().unwrap_or_default()
}

fn name_of(action: &impl core::fmt::Debug) -> String {
    first_word(&format!("{action:?}")).to_string()
}

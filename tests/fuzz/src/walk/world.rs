//! One walk: a chain, the model of it, and what is remembered of both.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use solana_address::Address;
use solana_instruction::Instruction;
use solana_signer::Signer;

use super::hostile;
use crate::{
    action::{Action, Terms},
    chain::{Base, Chain, Outcome, View},
    facts::{Facts, Memory},
    invariants,
    model::Model,
    places::{upgrade_authority, Places},
    random::Random,
    state::{Book, State, Token},
    voucher::{Targets, Voucher},
};

/// 2027-01-15, and a slot that no book was opened in.
const START: (i64, u64) = (1_800_000_000, 500_000_000);
const LAST_STEPS: usize = 12;
const STORE: usize = 300;

/// What a walk holds the program to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Judge {
    /// The model and the invariants.
    All,
    /// The invariants alone, to see that they catch a fault by themselves.
    Invariants,
}

pub struct World<'a> {
    pub places: &'a Places,
    pub chain: Chain,
    pub view: View,
    pub model: Model,
    pub memory: Memory,
    pub random: Random,
    pub judge: Judge,
    /// Vouchers ever signed, each with the book it was meant for.
    pub store: VecDeque<(usize, Voucher)>,
    /// Books that the walk is bringing to an end.
    pub draining: BTreeSet<usize>,
    /// How often each action was accepted and refused.
    pub tally: BTreeMap<String, (u64, u64)>,
    last: VecDeque<String>,
}

impl<'a> World<'a> {
    pub fn new(places: &'a Places, base: &Base, seed: u64, judge: Judge) -> Result<Self, String> {
        let mut chain = base.start(false);
        places.settle_down(&mut chain);
        chain.set_time(START.0, START.1, [1; 32]);
        let view = chain.look(&View::new())?;
        let model = Model::of(&view, START.0, START.1, [1; 32]);
        let mut world = Self {
            places,
            chain,
            view,
            model,
            memory: Memory { latest: START.0, ..Memory::default() },
            random: Random::new(seed),
            judge,
            store: VecDeque::new(),
            draining: BTreeSet::new(),
            tally: BTreeMap::new(),
            last: VecDeque::new(),
        };
        world.begin()?;
        Ok(world)
    }

    /// Sets the program up: the config by the deployer, a policy for each mint by person 0.
    fn begin(&mut self) -> Result<(), String> {
        let (signer, authority) = (upgrade_authority().pubkey(), self.places.person(0));
        let set_up = Action::Initialize { signer, authority };
        let stranger = Action::Initialize { signer: authority, authority };
        if self.chain.send(&stranger.instructions(self.places), &[]).accepted {
            return Err("somebody who did not deploy the program initialized it".into());
        }
        let outcome = self.chain.send(&set_up.instructions(self.places), &[]);
        if !outcome.accepted {
            return Err(format!("initialize was refused: {}", outcome.error));
        }
        self.view = self.chain.look(&self.view)?;
        self.model.adopt(&self.view);
        for mint in 0..self.places.mints.len() {
            let terms = Terms {
                min_deposit: [0, 10, 1_000][mint],
                allowed_extensions: 0,
                fee_bps: [250, 33, 500][mint],
                burn_bps: [5_000, 10_000, 3_333][mint],
                enabled: true,
            };
            let treasury = Some(self.places.mints[mint].wallets[4][1]);
            self.must(Action::SetPolicy { authority, mint, treasury, terms })?;
        }
        Ok(())
    }

    /// Remembers what was done, for the report of a failure.
    fn note(&mut self, what: String) {
        if self.last.len() == LAST_STEPS {
            self.last.pop_front();
        }
        self.last.push_back(what);
    }

    pub fn note_phase(&mut self, what: &str) {
        self.note(what.into());
    }

    pub fn last_steps(&self) -> String {
        Vec::from(self.last.clone()).join("\n    ")
    }

    pub fn book(&self, site: usize) -> Option<&Book> {
        self.model.book(&self.places.books[site].address)
    }

    pub fn live_books(&self) -> Vec<usize> {
        (0..self.places.books.len()).filter(|site| self.book(*site).is_some()).collect()
    }

    /// Signs a voucher and keeps it.
    pub fn sign(&mut self, site: usize, who: usize, domain: [u8; 32], targets: Targets) -> Voucher {
        let voucher = Voucher::sign(&self.places.people[who], domain, targets);
        self.memory.sign(&voucher);
        if self.store.len() == STORE {
            self.store.pop_front();
        }
        self.store.push_back((site, voucher.clone()));
        voucher
    }

    /// Moves the clock, and with it the slot unless `same_slot`.
    pub fn set_time(&mut self, now: i64, same_slot: bool) {
        self.memory.pass(&self.view, now);
        self.model.now = now;
        if !same_slot {
            self.model.slot += 1;
            self.model.hash = self.random.bytes();
        }
        self.note(format!("time {now}, slot {}", self.model.slot));
        self.chain.set_time(now, self.model.slot, self.model.hash);
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

    /// Does an action that must be accepted.
    pub fn must(&mut self, action: Action) -> Result<(), String> {
        let name = action.name();
        // An expectation of the model's is for `act` to judge; here it must be fulfilled, too.
        match self.act(action, None)?.accepted {
            true => Ok(()),
            false => {
                Err(format!("G-5 (nobody is locked in): {name} was refused, the last thing done"))
            }
        }
    }

    /// Does an action, with a random distortion if one is given, and judges what came of it.
    pub fn act(
        &mut self,
        action: Action,
        twist: Option<hostile::Twist>,
    ) -> Result<Outcome, String> {
        let mut instructions = action.instructions(self.places);
        let twisted = match twist {
            Some(twist) => hostile::apply(twist, self.places, &action, &mut instructions),
            None => None,
        };
        self.note(match &twisted {
            Some(how) => format!("{action:?}, but {how}"),
            None => format!("{action:?}"),
        });
        let mut expected = self.model.clone();
        let verdict = expected.apply(self.places, &action);
        let outcome = self.chain.send(&instructions, &[]);
        let after = self.chain.look(&self.view)?;
        self.judge(&action, &instructions, &outcome, &after)?;
        let tally = self.tally.entry(action.name()).or_default();
        match outcome.accepted {
            true => tally.0 += 1,
            false => tally.1 += 1,
        }
        if self.judge == Judge::All {
            match (&twisted, &verdict) {
                (Some(_), _) => {} // refused, or nothing done: the model stays as it is
                (None, Ok(())) if !outcome.accepted => {
                    let Outcome { error, logs, .. } = &outcome;
                    return Err(format!("MODEL accepts, the program refuses: {error}\n{logs:#?}"));
                }
                (None, Err(why)) if outcome.accepted => {
                    return Err(format!("MODEL refuses ({why}), the program accepts"));
                }
                (None, Ok(())) => self.model = expected,
                (None, Err(_)) => {}
            }
            if let Some(difference) = self.model.difference(&after) {
                return Err(format!("MODEL differs: {difference}"));
            }
        } else {
            self.model.adopt(&after);
        }
        self.memory.learn(&self.view, &after);
        self.view = after;
        Ok(outcome)
    }

    fn judge(
        &mut self,
        action: &Action,
        instructions: &[Instruction],
        outcome: &Outcome,
        after: &View,
    ) -> Result<(), String> {
        let metas = instructions.iter().flat_map(|instruction| &instruction.accounts);
        let signers = metas.filter(|meta| meta.is_signer).map(|meta| meta.pubkey).collect();
        let vouchers = match action {
            Action::Settle { vouchers, .. } | Action::SettleMany { vouchers } => &vouchers[..],
            _ => &[],
        };
        invariants::judge(&Facts {
            places: self.places,
            before: &self.view,
            after,
            outcome,
            signers: &signers,
            vouchers,
            now: self.model.now,
            slot: self.model.slot,
            memory: &self.memory,
        })
    }
}

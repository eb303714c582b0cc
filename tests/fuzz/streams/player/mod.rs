//! Payers, payees, controllers, keepers and strangers, and what they do in one walk.

mod choose;
mod orders;
mod pools;
mod propose;
mod wind_up;

use core::ops::{Deref, DerefMut};
use std::collections::{BTreeSet, VecDeque};

use simulator::{addresses::upgrade_authority, World};
use solana_signer::Signer;

use super::{
    action::{Action, Terms},
    model,
    places::Places,
    state::{Book, Member, Pool},
    voucher::{Targets, Voucher},
    Streams,
};

/// Vouchers that are kept.
const STORE: usize = 300;

pub struct Player<'a> {
    places: &'a Places,
    world: World<'a, Streams>,
    /// Vouchers ever signed, each with the book it was meant for.
    store: VecDeque<(usize, Voucher)>,
    /// Books that the walk is bringing to an end.
    draining: BTreeSet<usize>,
}

impl<'a> Deref for Player<'a> {
    type Target = World<'a, Streams>;

    fn deref(&self) -> &Self::Target {
        &self.world
    }
}

impl DerefMut for Player<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.world
    }
}

impl<'a> simulator::Player<'a, Streams> for Player<'a> {
    /// Sets the program up: the config by the deployer, a policy for each mint by person 0.
    fn new(world: World<'a, Streams>) -> Result<Self, String> {
        let places = &world.game.places;
        let mut player = Self { places, world, store: VecDeque::new(), draining: BTreeSet::new() };
        let (signer, authority) = (upgrade_authority().pubkey(), places.person(0));
        let stranger = Action::Initialize { signer: authority, authority };
        if player.chain.send(&stranger.instructions(places), &[]).accepted {
            return Err("somebody who did not deploy the program initialized it".into());
        }
        let initialize = Action::Initialize { signer, authority };
        player.set_up("initialize", &initialize.instructions(places))?;
        for mint in 0..places.mints.len() {
            let terms = Terms {
                min_deposit: [0, 10, 1_000][mint],
                allowed_extensions: 0,
                fee_bps: [250, 33, 500][mint],
                burn_bps: [5_000, 10_000, 3_333][mint],
                enabled: true,
            };
            let treasury = Some(places.mints[mint].wallets[4][1]);
            player.must(Action::SetPolicy { authority, mint, treasury, terms })?;
        }
        Ok(player)
    }

    fn world(&mut self) -> &mut World<'a, Streams> {
        &mut self.world
    }

    fn step(&mut self) -> Result<(), String> {
        match self.random.below(160) {
            0 => self.compare_orders(),
            1..=2 => self.freeze_or_thaw(),
            3..=22 => {
                self.let_time_pass();
                Ok(())
            }
            _ => {
                let action = self.propose();
                let twist = self.twist();
                self.act(action, twist).map(|_| ())
            }
        }
    }

    fn wind_up(&mut self) -> Result<(), String> {
        self.everybody_leaves()
    }
}

impl Player<'_> {
    fn freeze_or_thaw(&mut self) -> Result<(), String> {
        let mint = &self.places.mints[self.world.random.index(self.places.mints.len())];
        let wallet = mint.wallets[self.random.index(4)][self.random.index(2)];
        let escrow = self.random.one_in(4) && self.model.token(&mint.escrow).is_ok();
        let wallet = if escrow { mint.escrow } else { wallet };
        let frozen = self.random.one_in(4);
        self.set_frozen(wallet, frozen)
    }

    fn let_time_pass(&mut self) {
        let seconds = match self.random.below(12) {
            0 => 0,
            1 => -(self.random.below(90) as i64),
            2 => 2_592_000,
            3..=5 => self.random.below(5_000) as i64,
            _ => 1 + self.random.below(120) as i64,
        };
        let same_slot = self.random.one_in(4);
        let now = self.model.now + seconds;
        self.set_time(now, same_slot);
    }

    fn book(&self, site: usize) -> Option<&Book> {
        model::book(&self.model, &self.places.books[site].address)
    }

    fn pool(&self, site: usize) -> Option<&Pool> {
        model::pool(&self.model, &self.places.pools[site].address)
    }

    fn member(&self, site: usize, who: usize) -> Option<&Member> {
        model::member(&self.model, &self.places.pools[site].members[who])
    }

    fn live_books(&self) -> Vec<usize> {
        (0..self.places.books.len()).filter(|site| self.book(*site).is_some()).collect()
    }

    /// Signs a voucher and keeps it.
    fn sign(&mut self, site: usize, who: usize, domain: [u8; 32], targets: Targets) -> Voucher {
        let voucher = Voucher::sign(&self.places.people[who], domain, targets);
        self.memory.sign(&voucher);
        if self.store.len() == STORE {
            self.store.pop_front();
        }
        self.store.push_back((site, voucher.clone()));
        voucher
    }
}

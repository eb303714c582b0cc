//! What somebody might do next with a pool.

use simulator::addresses::associated;
use solana_address::Address;

use super::Player;
use crate::streams::{
    action::Action,
    places::{MintSite, PEOPLE},
};

impl Player<'_> {
    /// Pools.
    pub(super) fn share(&mut self) -> Action {
        let pool = self.world.random.index(self.places.pools.len());
        let site = &self.places.pools[pool];
        let (mint, owner) = (site.mint, self.places.person(site.owner));
        let who = self.random.index(PEOPLE);
        match self.random.below(32) {
            0..=3 => Action::OpenPool { pool },
            4..=10 => {
                let units = match self.random.below(6) {
                    0..=1 => 0,
                    2 => self.random.word() >> self.random.below(64),
                    _ => 1 + self.random.below(100),
                };
                Action::SetUnits { owner: self.mostly(owner), pool, who, units }
            }
            11..=17 => {
                let funder = self.anybody();
                let source = self.wallet(funder, mint);
                let holds = self.model.token(&source).map_or(0, |token| token.amount);
                let share = *self.random.pick(&[1, 50, 500]);
                // Nothing, now and then: then only what others have sent is shared.
                let nothing = self.random.one_in(6);
                let amount = if nothing { 0 } else { self.random.amount(holds / share) };
                Action::Distribute { funder, pool, source, amount }
            }
            18..=24 => {
                let to = self.payment(self.places.person(who), mint);
                Action::ClaimMember { pool, who, to }
            }
            25..=27 => Action::CloseMember { pool, who },
            28..=29 => {
                let (stray, of) = self.stray_account(pool);
                let owner = self.mostly(owner);
                let destination = match self.random.below(6) {
                    0 => site.vault,
                    1 => stray,
                    _ => self.wallet(owner, of),
                };
                let stray = if self.random.one_in(8) { site.vault } else { stray };
                Action::Recover { owner, pool, mint: of, stray, destination }
            }
            _ => {
                let owner = self.mostly(owner);
                Action::ClosePool { owner, pool, destination: self.wallet(owner, mint) }
            }
        }
    }

    /// A pool's associated account of any mint, of its own once in a while: that is its vault.
    pub(super) fn stray_account(&mut self, pool: usize) -> (Address, usize) {
        let mint = self.world.random.index(self.places.mints.len());
        let MintSite { address, token_program, .. } = &self.places.mints[mint];
        (associated(&self.places.pools[pool].address, token_program, address), mint)
    }
}

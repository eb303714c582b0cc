//! The protocol's fees: burned, paid to a treasury, or kept for it.

use simulator::Refusal;
use solana_address::Address;

use super::Model;
use crate::streams::{
    places::{BookSite, MintSite, Places},
    state::Policy,
};

impl Model<'_> {
    /// The account in which what is not burned arrives, if one can receive.
    fn outlet(
        &self,
        site: &MintSite,
        policy: &Policy,
        escrow: &Option<Address>,
    ) -> Result<Option<Address>, Refusal> {
        let receives = |at: &Address| self.token(at).is_ok_and(|token| !token.frozen);
        let named = policy.treasury != Address::default();
        if named && receives(&policy.treasury) {
            return Ok(Some(policy.treasury));
        }
        match escrow {
            Some(escrow) if *escrow != site.escrow => Err("not the policy's escrow"),
            Some(escrow) if receives(escrow) => Ok(Some(*escrow)),
            _ => Ok(None),
        }
    }

    fn burn(&mut self, mint: &Address, from: &Address, amount: u64) -> Result<(), Refusal> {
        self.token_mut(from)?.amount -= amount;
        *self.supply_mut(mint)? -= amount;
        Ok(())
    }

    pub(super) fn collect_fees(
        &mut self,
        places: &Places,
        site: BookSite,
        treasury: &Option<Address>,
        escrow: &Option<Address>,
    ) -> Result<(), Refusal> {
        let mint = &places.mints[site.mint];
        let policy = self.policy(&mint.policy)?;
        let book = self.book_mut(&site.address)?;
        let (from, to) = (book.fees_collected, book.fees_accrued);
        let (due, over) = (to - from, book.line_count == 0);
        if due == 0 {
            return Err("no fees are due");
        }
        book.fees_collected = to;
        if treasury.is_some_and(|treasury| treasury != policy.treasury) {
            return Err("another treasury");
        }
        if escrow.is_some_and(|escrow| escrow != mint.escrow) {
            return Err("another escrow");
        }
        let unheard_of = policy.treasury == Address::default();
        let burn_bps = u128::from(policy.burn_bps);
        let burned_of = |total: u64| u128::from(total) * burn_bps / 10_000;
        let mut burned = (burned_of(to) - burned_of(from)) as u64;
        if burned < due {
            if treasury.is_none() && !unheard_of {
                return Err("the treasury is missing");
            }
            match self.outlet(mint, &policy, escrow)? {
                Some(outlet) => self.transfer(&site.vault, &outlet, due - burned)?,
                // The issuer has frozen the escrow, too.
                None if over && escrow.is_some_and(|at| self.token(&at).is_ok()) => burned = due,
                None => return Err("the fees have nowhere to go yet"),
            }
        }
        self.burn(&mint.address, &site.vault, burned)
    }

    pub(super) fn collect_escrow(
        &mut self,
        site: &MintSite,
        treasury: &Option<Address>,
    ) -> Result<(), Refusal> {
        let policy = self.policy(&site.policy)?;
        let amount = self.token(&site.escrow)?.amount;
        if amount == 0 {
            return Err("nothing waits");
        }
        if treasury.is_some_and(|treasury| treasury != policy.treasury) {
            return Err("another treasury");
        }
        if policy.treasury == Address::default() {
            return Err("no treasury is named");
        }
        let treasury = treasury.ok_or("the treasury is missing")?;
        self.transfer(&site.escrow, &treasury, amount)
    }
}

//! ME-7 and G-5, at the end of every walk: each side gets out alone, in a bounded number of calls,
//! whatever the walk has left behind.

use simulator::addresses::find_associated;
use solana_address::Address;

use super::Player;
use crate::streams::{
    action::{Action, Payment},
    model::line::earned_at,
    places::{MintSite, PEOPLE},
    state::Hand,
    voucher::Voucher,
};

impl Player<'_> {
    pub(super) fn everybody_leaves(&mut self) -> Result<(), String> {
        // Everybody can be paid somewhere. Other accounts stay frozen, and some are treasuries.
        let own = self.places.mints.iter().flat_map(|mint| &mint.wallets).map(|own| own[0]);
        for wallet in own.collect::<Vec<_>>() {
            self.set_frozen(wallet, false)?;
        }
        // The clock may have been set back in the walk; from here on it only goes forward.
        self.advance(1);
        for book in self.live_books() {
            if self.random.one_in(2) {
                let good = self.good_hands(book);
                self.payer_disowns(book)?;
                self.payees_collect(book, &good)?;
            }
            self.payer_leaves(book)?;
            self.finish(book)?;
        }
        for pool in 0..self.places.pools.len() {
            self.end_pool(pool)?;
        }
        Ok(())
    }

    /// Keys whose vouchers are good now, without a cap that others could have used up.
    fn good_hands(&self, book: usize) -> Vec<Address> {
        let Some(state) = self.book(book) else { return Vec::new() };
        let hands = [&state.present, &state.former].into_iter();
        let good = |hand: &&Hand| hand.cap == u64::MAX && hand.expires_at > self.model.now;
        hands.filter(good).map(|hand| hand.key).collect()
    }

    /// Changes of the voucher signer, any of which may be refused: none may stop what was signed.
    fn payer_disowns(&mut self, book: usize) -> Result<(), String> {
        let Some(state) = self.book(book).cloned() else { return Ok(()) };
        let other = self.places.person(self.random.index(PEOPLE));
        for signer in [state.present.key, other, other] {
            let (expires_at, cap) = (self.model.now, 0);
            let payer = state.payer;
            self.act(Action::SetVoucherSigner { payer, book, signer, expires_at, cap }, None)?;
        }
        Ok(())
    }

    /// With payer and keeper gone: everything signed is settled and everything earned is claimed.
    fn payees_collect(&mut self, book: usize, good: &[Address]) -> Result<(), String> {
        let Some(state) = self.book(book).cloned() else { return Ok(()) };
        let fits = |voucher: &Voucher| {
            let lines = voucher.targets.list();
            voucher.domain == state.domain
                && good.contains(&voucher.signer)
                && !lines.is_empty()
                && lines.iter().all(|(line, _)| (*line as usize) < state.lines.len())
        };
        let mine = self.store.iter().map(|(_, voucher)| voucher).filter(|v| fits(v));
        for voucher in mine.cloned().collect::<Vec<_>>() {
            self.must(Action::Settle { vouchers: vec![(book, voucher)], plain: false })?;
        }
        self.claim_all(book)
    }

    fn claim_all(&mut self, book: usize) -> Result<(), String> {
        let mint = self.places.books[book].mint;
        let Some(state) = self.book(book).cloned() else { return Ok(()) };
        for (nth, line) in state.lines.iter().enumerate().filter(|(_, line)| !line.removed) {
            let due = earned_at(line, self.model.now) - line.claimed;
            let payee = (0..PEOPLE).find(|who| self.places.person(*who) == line.payee);
            let Some(payee) = payee.filter(|_| due > 0) else { continue };
            let to = self.own_account(payee, mint);
            let plain = self.random.one_in(2);
            self.must(Action::Claim { book, line: nth as u16, to, plain })?;
        }
        Ok(())
    }

    /// With payees and keeper gone: the payer has back, within one grace period, all that was not
    /// earned, in at most two calls for each line and one for the book.
    fn payer_leaves(&mut self, book: usize) -> Result<(), String> {
        let Some(state) = self.book(book).cloned() else { return Ok(()) };
        let (site, payer) = (self.places.books[book], state.payer);
        let live: Vec<_> =
            (0..state.lines.len()).filter(|nth| !state.lines[*nth].removed).collect();
        let mut own = u128::from(state.free);
        for nth in &live {
            let line = &state.lines[*nth];
            own += u128::from(line.deposit - earned_at(line, self.model.now));
            if line.closing_at == 0 {
                let authority = if line.controlled { state.controller } else { payer };
                self.must(Action::CloseLine { authority, book, line: *nth as u16 })?;
            }
        }
        self.advance(i64::from(state.grace_seconds));
        for nth in live.iter().filter(|nth| !state.lines[**nth].released) {
            self.must(Action::RemoveLine { book, line: *nth as u16 })?;
        }
        let free = self.book(book).map_or(0, |book| book.free);
        if u128::from(free) != own {
            return Err(format!(
                "ME-7 (the payer gets back what is not earned): {free}, not {own}"
            ));
        }
        if free > 0 {
            let destination = self.places.mints[site.mint].wallets[site.payer][0];
            self.must(Action::Refund { payer, book, destination, amount: free })?;
        }
        Ok(())
    }

    /// Pays and clears what is left, unless somebody who cannot hold tokens was promised some.
    fn finish(&mut self, book: usize) -> Result<(), String> {
        self.claim_all(book)?;
        let site = self.places.books[book];
        let Some(state) = self.book(book).cloned() else { return Ok(()) };
        for (nth, line) in state.lines.iter().enumerate().filter(|(_, line)| !line.removed) {
            if line.claimed == line.deposit {
                self.must(Action::RemoveLine { book, line: nth as u16 })?;
            }
        }
        let Some(state) = self.book(book).cloned() else { return Ok(()) };
        if state.line_count > 0 {
            return Ok(());
        }
        if state.fees_accrued > state.fees_collected {
            let treasury = self.named_treasury(site.mint);
            let MintSite { escrow, policy, .. } = self.places.mints[site.mint];
            let (by, owner, mint) = (state.payer, policy, site.mint);
            self.must(Action::CreateVault { by, owner, vault: escrow, mint })?;
            self.must(Action::CollectFees { book, treasury, escrow: Some(escrow) })?;
        }
        let destination = self.places.mints[site.mint].wallets[site.payer][0];
        let left = self.book(book).map_or(0, |book| book.free);
        match state.lines.is_empty() || left > 0 || self.random.one_in(2) {
            true => self.must(Action::CloseBook { payer: state.payer, book, destination }),
            false => {
                let day = 86_400;
                self.advance(day);
                self.must(Action::Reap { book, destination: Some(destination) })
            }
        }
    }

    fn end_pool(&mut self, pool: usize) -> Result<(), String> {
        let site = self.places.pools[pool].clone();
        if self.pool(pool).is_none() {
            return Ok(());
        }
        let owner = self.places.person(site.owner);
        for who in 0..PEOPLE {
            if self.member(pool, who).is_none() {
                continue;
            }
            self.must(Action::SetUnits { owner, pool, who, units: 0 })?;
            let owed = self.member(pool, who).map_or(0, |member| member.owed);
            if owed >> 64 > 0 {
                let to = self.own_account(who, site.mint);
                self.must(Action::ClaimMember { pool, who, to })?;
            }
            self.must(Action::CloseMember { pool, who })?;
        }
        let Payment { destination, .. } = self.own_account(site.owner, site.mint);
        self.must(Action::ClosePool { owner, pool, destination })
    }

    /// A person's associated token account, where anybody may push what that person is owed.
    fn own_account(&self, who: usize, mint: usize) -> Payment {
        let (owner, site) = (self.places.person(who), &self.places.mints[mint]);
        let (destination, bump) = find_associated(&owner, &site.token_program, &site.address);
        Payment { destination, bump, by: None }
    }
}

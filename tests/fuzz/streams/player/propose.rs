//! What somebody might do next: mostly sensible, often slightly wrong, sometimes absurd.

use solana_address::Address;

use super::Player;
use crate::streams::{
    action::{Action, NewLine, Terms},
    state::Account,
};

/// Lines after which a book gets no more: what comes later is like what came before.
const LINES: usize = 14;

impl Player<'_> {
    /// Something to do.
    pub(super) fn propose(&mut self) -> Action {
        if self.random.one_in(6) {
            if let Some(action) = self.drain() {
                return action;
            }
        }
        match self.random.below(128) {
            0..=17 => Action::Settle { vouchers: self.vouchers(), plain: self.random.one_in(3) },
            18..=22 => Action::SettleMany { vouchers: self.vouchers() },
            23..=34 => self.add_line(),
            35..=43 => self.deposit(),
            44..=52 => self.claim(),
            53..=57 => self.claim_many(),
            58..=78 => self.tend(),
            79..=84 => self.open_book(),
            85..=88 => self.govern(),
            89..=117 => self.share(),
            118..=119 => self.close_or_reap(),
            _ => self.stray(),
        }
    }

    fn open_book(&mut self) -> Action {
        let book = match self.random.one_in(3) {
            true => self.world.random.index(self.places.books.len()),
            false => {
                let live = self.live_books();
                let idle = |site: &usize| !live.contains(site);
                let idle: Vec<_> = (0..self.places.books.len()).filter(idle).collect();
                if idle.is_empty() {
                    0
                } else {
                    *self.random.pick(&idle)
                }
            }
        };
        let grace = *self.random.pick(&[900, 900, 900, 5_000, 2_592_000, 899, 2_592_001]);
        let signer = self.random.one_in(2).then(|| self.anybody());
        let controller = self.random.one_in(2).then(|| self.anybody());
        Action::OpenBook { book, grace, signer, controller }
    }

    fn deposit(&mut self) -> Action {
        let book = self.some_book();
        let site = self.places.books[book];
        let payer = self.places.person(site.payer);
        let funder = self.mostly(payer);
        let source = self.wallet(funder, site.mint);
        let holds = self.model.token(&source).map_or(0, |token| token.amount);
        let share = *self.random.pick(&[1, 3, 20, 200]);
        Action::Deposit { funder, book, source, amount: self.random.amount(holds / share) }
    }

    fn add_line(&mut self) -> Action {
        let book = self.some_book();
        let lines = self.book(book).map_or(0, |book| book.lines.len());
        if lines >= LINES {
            return self.tend();
        }
        let line = if self.random.one_in(24) { self.some_line(book) } else { lines as u16 };
        let payee = match self.random.below(40) {
            0 => Address::default(),
            1 => self.places.books[book].address,
            2 => self.places.books[book].authority,
            _ => self.anybody(),
        };
        let free = self.free(book);
        let share = *self.random.pick(&[1, 4, 10]);
        let (deposit, rate) = (self.random.amount(free / share), self.rate());
        let controlled = self.random.one_in(4);
        let payer = self.places.person(self.places.books[book].payer);
        let new = NewLine { line, payee, deposit, rate, controlled };
        Action::AddLine { payer: self.mostly(payer), book, new }
    }

    fn claim(&mut self) -> Action {
        let book = self.some_book();
        let line = self.some_due(book);
        let payee = self.line(book, line).payee;
        let to = self.payment(payee, self.places.books[book].mint);
        Action::Claim { book, line, to, plain: self.random.one_in(3) }
    }

    fn claim_many(&mut self) -> Action {
        let book = self.some_book();
        let mint = self.places.books[book].mint;
        let claims = (0..self.random.below(6))
            .map(|_| {
                let line = self.some_due(book);
                let payee = self.line(book, line).payee;
                let to = self.payment(payee, mint);
                (line, to.destination, to.bump)
            })
            .collect();
        Action::ClaimMany { book, claims }
    }

    /// What payers, controllers and payees do to lines that are there.
    fn tend(&mut self) -> Action {
        let book = self.some_book();
        let (site, line) = (self.places.books[book], self.some_line(book));
        let free = self.free(book);
        let (payer, right) = (self.places.person(site.payer), self.authority(book, line));
        match self.random.below(20) {
            0..=3 => {
                let amount = self.random.amount(free / 3);
                Action::FundLine { payer: self.mostly(payer), book, line, amount }
            }
            4..=7 => {
                let rate = self.rate();
                Action::SetRate { authority: self.mostly(right), book, line, rate }
            }
            8..=9 => {
                let signer = self.anybody();
                let soon = self.model.now + self.random.below(4_000) as i64;
                let expires_at = *self.random.pick(&[i64::MAX, i64::MAX, soon, 0, i64::MIN]);
                let cap = match self.random.below(3) {
                    0 => self.random.amount(free.max(1_000)),
                    _ => u64::MAX,
                };
                Action::SetVoucherSigner {
                    payer: self.mostly(payer),
                    book,
                    signer,
                    expires_at,
                    cap,
                }
            }
            10..=12 => {
                let payee = self.line(book, line).payee;
                let hand = if self.random.one_in(3) { payee } else { right };
                Action::CloseLine { authority: self.mostly(hand), book, line }
            }
            13..=14 => Action::RemoveLine { book, line },
            15 => {
                let count = *self.random.pick(&[0, 1, 2, 3, 106, 107]);
                let roomy = self.book(book).is_some_and(|book| book.capacity > 2 * LINES);
                let count = if roomy && count > 3 { 107 } else { count };
                Action::ReserveLines { payer: self.mostly(payer), book, count }
            }
            16 => self.collect(book),
            17 => match self.random.one_in(2) {
                true => self.collect(book),
                false => {
                    let mint = self.world.random.index(self.places.mints.len());
                    Action::CollectEscrow { mint, treasury: self.treasury(mint) }
                }
            },
            _ => {
                let payer = self.mostly(payer);
                let destination = self.wallet(payer, site.mint);
                Action::Refund { payer, book, destination, amount: self.random.amount(free) }
            }
        }
    }

    /// Brings one of the books that are to end a step nearer to it.
    fn drain(&mut self) -> Option<Action> {
        if self.random.one_in(100) {
            let book = self.some_book();
            self.draining.insert(book);
        }
        let nth = self.world.random.index(self.draining.len());
        let book = *self.draining.iter().nth(nth)?;
        let Some(state) = self.book(book).cloned() else {
            self.draining.remove(&book);
            return None;
        };
        let site = self.places.books[book];
        let mut live = state.lines.iter().enumerate().filter(|(_, line)| !line.removed);
        let Some((nth, line)) = live.next() else {
            if state.fees_accrued > state.fees_collected {
                return Some(self.collect(book));
            }
            if state.free > 0 && self.random.one_in(2) {
                let destination = self.wallet(state.payer, site.mint);
                let (payer, amount) = (state.payer, state.free);
                return Some(Action::Refund { payer, book, destination, amount });
            }
            return Some(self.end_of(book));
        };
        let (number, payee) = (nth as u16, line.payee);
        if line.closing_at == 0 {
            let payee_does = self.random.one_in(2);
            let authority = if payee_does { payee } else { self.authority(book, number) };
            return Some(Action::CloseLine { authority, book, line: number });
        }
        Some(match self.random.one_in(2) {
            true => Action::RemoveLine { book, line: number },
            false => {
                let to = self.payment(payee, site.mint);
                Action::Claim { book, line: number, to, plain: self.random.one_in(2) }
            }
        })
    }

    fn collect(&mut self, book: usize) -> Action {
        let mint = self.places.books[book].mint;
        let own = self.places.mints[mint].escrow;
        let escrow = match self.random.below(12) {
            0 => Some(self.places.mints[mint].wallets[0][0]),
            1..=3 => None,
            _ => Some(own),
        };
        Action::CollectFees { book, treasury: self.treasury(mint), escrow }
    }

    fn close_or_reap(&mut self) -> Action {
        let book = self.some_book();
        self.end_of(book)
    }

    fn end_of(&mut self, book: usize) -> Action {
        let site = self.places.books[book];
        let owner = self.places.person(site.payer);
        if self.random.one_in(2) {
            let own = |player: &mut Self| player.payment(owner, site.mint).destination;
            let destination = (!self.random.one_in(3)).then(|| own(self));
            return Action::Reap { book, destination };
        }
        let payer = self.mostly(owner);
        Action::CloseBook { payer, book, destination: self.wallet(payer, site.mint) }
    }

    fn govern(&mut self) -> Action {
        let authority = match self.model.program(&self.places.config) {
            Some(Account::Config(config)) => config.clone(),
            _ => return self.stray(),
        };
        match self.random.below(8) {
            0 => Action::Initialize { signer: self.anybody(), authority: self.anybody() },
            1..=2 => {
                let nominee = self.anybody();
                Action::Nominate { authority: self.mostly(authority.authority), nominee }
            }
            3..=4 => {
                // Nobody can sign as the default key, which stands for no nominee.
                let nominated = authority.nominated;
                let anybody = self.anybody();
                let right = if nominated == Address::default() { anybody } else { nominated };
                Action::Accept { nominee: self.mostly(right) }
            }
            _ => {
                let mint = self.world.random.index(self.places.mints.len());
                let terms = Terms {
                    min_deposit: self.random.amount(100),
                    allowed_extensions: *self.random.pick(&[0, 1 << 10, 1 << 26, 1 << 1, 1 << 27]),
                    fee_bps: *self.random.pick(&[0, 1, 33, 250, 500, 501]),
                    burn_bps: *self.random.pick(&[0, 1, 5_000, 10_000, 10_001]),
                    enabled: !self.random.one_in(6),
                };
                let who = self.anybody();
                let treasury = (!self.random.one_in(4)).then(|| self.wallet(who, mint));
                Action::SetPolicy {
                    authority: self.mostly(authority.authority),
                    mint,
                    treasury,
                    terms,
                }
            }
        }
    }

    /// Gifts and nuisances from outside the program.
    fn stray(&mut self) -> Action {
        let by = self.anybody();
        let book = self.places.books[self.world.random.index(self.places.books.len())];
        let pool = self.world.random.index(self.places.pools.len());
        let (stray, of) = self.stray_account(pool);
        let pool = &self.places.pools[pool];
        let policy = &self.places.mints[book.mint];
        let (vault, owner, mint, to) = match self.random.below(6) {
            0..=1 => (book.vault, book.authority, book.mint, book.address),
            2..=3 => (pool.vault, pool.address, pool.mint, pool.address),
            4 => (stray, pool.address, of, pool.address),
            _ => (policy.escrow, policy.policy, book.mint, policy.policy),
        };
        match self.random.below(3) {
            0 => {
                let source = self.wallet(by, mint);
                Action::Donate { owner: by, source, mint, vault, amount: self.random.below(50) }
            }
            1 => Action::Lamports { from: by, to, amount: 1_000_000 },
            _ => Action::CreateVault { by, owner, vault, mint },
        }
    }
}

//! Whom and what a step is about: mostly what makes sense, now and then what does not.

use simulator::{
    addresses::{
        find_associated, ASSOCIATED, COMPUTE_BUDGET, INSTRUCTIONS, SLOT_HASHES, SYSTEM, TOKEN,
        TOKEN_2022,
    },
    Twist,
};
use solana_address::Address;

use super::Player;
use crate::streams::{
    action::Payment,
    model::line::earned_at,
    places::{PAYERS, PEOPLE},
    program::PROGRAM,
    state::{Account, Book, Line},
    voucher::{Targets, Voucher},
};

impl Player<'_> {
    pub(super) fn anybody(&mut self) -> Address {
        let who = self.random.index(PEOPLE);
        self.places.person(who)
    }

    /// `right`, or now and then somebody else.
    pub(super) fn mostly(&mut self, right: Address) -> Address {
        match self.random.one_in(12) {
            true => self.anybody(),
            false => right,
        }
    }

    /// A token account of `who` in `mint`, or now and then of somebody else or another mint.
    pub(super) fn wallet(&mut self, who: Address, mint: usize) -> Address {
        let places = self.places;
        let known = (0..PEOPLE).find(|n| places.person(*n) == who);
        let who = match known.filter(|_| !self.random.one_in(12)) {
            Some(who) => who,
            None => self.random.index(PEOPLE),
        };
        let mint =
            if self.random.one_in(24) { self.random.index(places.mints.len()) } else { mint };
        places.mints[mint].wallets[who][self.random.index(2)]
    }

    /// Where `payee` is to be paid: mostly his associated account, or any of his that he signs for.
    pub(super) fn payment(&mut self, payee: Address, mint: usize) -> Payment {
        let site = &self.places.mints[mint];
        let (own, bump) = find_associated(&payee, &site.token_program, &site.address);
        let is_person = (0..PEOPLE).any(|n| self.places.person(n) == payee);
        let by = match self.random.below(12) {
            0..=2 if is_person => Some(payee),
            3 => Some(self.anybody()),
            _ => None,
        };
        let picks = by == Some(payee) || self.random.one_in(6);
        let destination = if picks { self.wallet(payee, mint) } else { own };
        let bump = if self.random.one_in(24) { self.random.word() as u8 } else { bump };
        Payment { destination, bump, by }
    }

    /// A book: a live one as long as there is one.
    pub(super) fn some_book(&mut self) -> usize {
        let live = self.live_books();
        if live.is_empty() || self.random.one_in(24) {
            return self.world.random.index(self.places.books.len());
        }
        // The richer of two, so that not too much is asked of empty books.
        let (one, other) = (*self.random.pick(&live), *self.random.pick(&live));
        let worth = |site| {
            let live = |book: &Book| book.lines.iter().filter(|line| !line.removed).count();
            self.book(site).map_or((0, 0), |book| (live(book), book.free))
        };
        if worth(one) > worth(other) {
            one
        } else {
            other
        }
    }

    pub(super) fn some_line(&mut self, book: usize) -> u16 {
        let lines = self.book(book).map_or(0, |book| book.lines.len());
        // Mostly one that is there; else the one after the last, or nowhere near.
        match self.random.below(24) {
            0 => lines as u16,
            1 => self.random.word() as u16,
            2..=6 => self.random.index(lines.max(1)) as u16,
            _ => {
                let live: Vec<_> =
                    (0..lines as u16).filter(|line| !self.line(book, *line).removed).collect();
                if live.is_empty() {
                    0
                } else {
                    *self.random.pick(&live)
                }
            }
        }
    }

    /// A line, mostly one that has something to claim.
    pub(super) fn some_due(&mut self, book: usize) -> u16 {
        let now = self.model.now;
        let lines = self.book(book).map_or(0, |book| book.lines.len()) as u16;
        let owes = |line: &Line| !line.removed && earned_at(line, now) > line.claimed;
        let due: Vec<_> = (0..lines).filter(|line| owes(&self.line(book, *line))).collect();
        match due.is_empty() || self.random.one_in(6) {
            true => self.some_line(book),
            false => *self.random.pick(&due),
        }
    }

    pub(super) fn line(&self, book: usize, line: u16) -> Line {
        let lines = self.book(book).map(|book| &book.lines);
        lines.and_then(|lines| lines.get(usize::from(line))).cloned().unwrap_or_default()
    }

    pub(super) fn free(&self, book: usize) -> u64 {
        self.book(book).map_or(0, |book| book.free)
    }

    pub(super) fn rate(&mut self) -> u64 {
        match self.random.below(12) {
            0..=4 => 0,
            5 => 1,
            6 => u64::MAX,
            7 => self.random.word() >> self.random.below(64),
            _ => 1 + self.random.below(5_000),
        }
    }

    pub(super) fn targets(&mut self, book: usize) -> Targets {
        let count = 1 + self.random.index(4);
        let total = |player: &mut Self, line: u16| {
            let Line { vouched, deposit, .. } = player.line(book, line);
            match player.random.below(24) {
                0 => u64::MAX >> player.random.below(2),
                1..=3 => player.random.amount(vouched),
                4 => vouched,
                _ => vouched.saturating_add(player.random.amount(deposit / 4)),
            }
        };
        if self.random.one_in(48) {
            return Targets::Sparse(Vec::new());
        }
        if self.random.one_in(2) {
            let entries = (0..count).map(|_| self.some_line(book)).collect::<Vec<_>>();
            return Targets::Sparse(entries.into_iter().map(|l| (l, total(self, l))).collect());
        }
        let start = self.some_line(book);
        let lines = self.book(book).map_or(0, |book| book.lines.len());
        let room = lines.saturating_sub(usize::from(start)).max(1);
        let count = if self.random.one_in(24) { count } else { count.min(room) } as u16;
        let cumulative = (0..count).map(|nth| total(self, start.saturating_add(nth))).collect();
        Targets::Dense { start, cumulative }
    }

    /// A voucher and the book it is brought to: fresh, kept, or meant for something else.
    pub(super) fn voucher(&mut self) -> (usize, Voucher) {
        if !self.store.is_empty() && self.random.one_in(3) {
            let (site, voucher) = self.store[self.world.random.index(self.store.len())].clone();
            let elsewhere = self.random.one_in(8);
            return (if elsewhere { self.some_book() } else { site }, voucher);
        }
        let site = self.some_book();
        let targets = self.targets(site);
        let other = self.random.one_in(16).then(|| self.some_book());
        let Some(book) = self.book(other.unwrap_or(site)) else {
            let domain = self.random.bytes();
            return (site, self.sign(site, 0, domain, targets));
        };
        let (domain, signer) = (book.domain, book.present.key);
        let right = (0..PEOPLE).find(|who| self.places.person(*who) == signer);
        let who = match right.filter(|_| !self.random.one_in(16)) {
            Some(who) => who,
            None => self.random.index(PEOPLE),
        };
        (site, self.sign(site, who, domain, targets))
    }

    pub(super) fn vouchers(&mut self) -> Vec<(usize, Voucher)> {
        let count = 1 + self.random.below(3) * self.random.below(2);
        (0..count).map(|_| self.voucher()).collect()
    }

    pub(super) fn treasury(&mut self, mint: usize) -> Option<Address> {
        match self.random.below(12) {
            0 => None,
            1 => Some(self.places.mints[mint].wallets[0][0]),
            _ => self.named_treasury(mint),
        }
    }

    /// The one that the mint's policy names.
    pub(super) fn named_treasury(&self, mint: usize) -> Option<Address> {
        match self.model.program(&self.places.mints[mint].policy)? {
            Account::Policy(policy) => {
                Some(policy.treasury).filter(|treasury| *treasury != Address::default())
            }
            _ => None,
        }
    }

    pub(super) fn authority(&self, book: usize, line: u16) -> Address {
        match self.book(book) {
            Some(state) if self.line(book, line).controlled => state.controller,
            _ => self.places.person(self.places.books[book].payer),
        }
    }

    /// A distortion, for one call in six.
    pub(super) fn twist(&mut self) -> Option<Twist> {
        if !self.random.one_in(6) {
            return None;
        }
        let position = self.random.index(10);
        Some(match self.random.below(4) {
            0 => Twist::Unsign { position },
            1 => Twist::ReadOnly { position },
            _ => Twist::Replace { position, with: self.some_account() },
        })
    }

    /// Any account there is, or could be.
    fn some_account(&mut self) -> Address {
        let places = self.places;
        let book = places.books[self.random.index(places.books.len())];
        let pool = &places.pools[self.random.index(places.pools.len())];
        let mint = &places.mints[self.random.index(places.mints.len())];
        let who = self.random.index(PEOPLE);
        match self.random.below(14) {
            0..=1 => book.address,
            2 => book.authority,
            3..=4 => book.vault,
            5 => pool.address,
            6 => pool.vault,
            7 => pool.members[who],
            8 => mint.address,
            9 => mint.policy,
            10 => mint.wallets[who][0],
            11 => places.person(self.random.index(PAYERS)),
            12 => places.config,
            _ => {
                let programs = [
                    SYSTEM,
                    TOKEN,
                    TOKEN_2022,
                    ASSOCIATED,
                    PROGRAM,
                    INSTRUCTIONS,
                    SLOT_HASHES,
                    COMPUTE_BUDGET,
                ];
                *self.random.pick(&programs)
            }
        }
    }
}

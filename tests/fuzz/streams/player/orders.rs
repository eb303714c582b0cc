//! ME-6: whatever the order and the batching in which vouchers arrive, the outcome is the same.

use solana_address::Address;
use std::rc::Rc;

use super::Player;
use crate::streams::{
    state::{Account, Line, State},
    voucher::{settle_instructions, settle_many_instruction, Targets, Voucher},
};

/// Vouchers tried at once.
const MOST: usize = 5;

fn lines_of(state: &State) -> &[Line] {
    match state {
        State::Program(Account::Book(book)) => &book.lines,
        _ => &[],
    }
}

impl Player<'_> {
    /// Settles the same vouchers on a book in two ways, compares, and puts the book back.
    pub(super) fn compare_orders(&mut self) -> Result<(), String> {
        let live = self.live_books();
        if live.is_empty() {
            return Ok(());
        }
        let site = *self.random.pick(&live);
        let at = self.places.books[site].address;
        let vouchers = self.settleable(site);
        if vouchers.len() < 2 {
            return Ok(());
        }
        let found = self.view.get(&at).ok_or("a live book is not on the chain")?.clone();
        let (mut one_by_one, mut shuffled) = (vouchers.clone(), vouchers);
        one_by_one.sort_by_key(|voucher| voucher.signature);
        for nth in (1..shuffled.len()).rev() {
            shuffled.swap(nth, self.random.index(nth + 1));
        }
        let first = self.settle_in_batches(at, &one_by_one, 1)?;
        self.chain.restore(at, &found);
        let batch = 1 + self.random.index(shuffled.len());
        let second = self.settle_in_batches(at, &shuffled, batch)?;
        self.chain.restore(at, &found);
        self.view = self.chain.look(&self.view)?;
        if first != second {
            let (one, other) = (lines_of(&first), lines_of(&second));
            let differ = one.iter().zip(other).find(|(one, other)| one != other);
            return Err(format!(
                "ME-6 (order and batching make no difference): {differ:?} from {shuffled:?}"
            ));
        }
        Ok(())
    }

    /// Vouchers, kept and new, that the book must take now. With a cap the order matters, as it
    /// should: who comes first is covered.
    fn settleable(&mut self, site: usize) -> Vec<Voucher> {
        let Some(book) = self.book(site).cloned() else { return Vec::new() };
        if book.present.cap != u64::MAX
            || book.present.expires_at <= self.model.now
            || book.lines.is_empty()
        {
            return Vec::new();
        }
        let fits = |voucher: &Voucher| {
            let lines = voucher.targets.list();
            voucher.domain == book.domain
                && voucher.signer == book.present.key
                && !lines.is_empty()
                && lines.iter().all(|(line, _)| (*line as usize) < book.lines.len())
        };
        let kept = self.store.iter().map(|(_, voucher)| voucher).filter(|v| fits(v));
        let mut all: Vec<_> = kept.rev().take(MOST - 2).cloned().collect();
        let signer = self
            .places
            .people
            .iter()
            .position(|key| solana_signer::Signer::pubkey(key) == book.present.key);
        if let Some(who) = signer {
            for _ in 0..2 {
                let line = self.random.index(book.lines.len());
                let total = book.lines[line].vouched.saturating_add(self.random.below(1_000));
                let targets = Targets::Sparse(vec![(line as u16, total)]);
                all.push(self.sign(site, who, book.domain, targets));
            }
        }
        all
    }

    fn settle_in_batches(
        &mut self,
        book: Address,
        vouchers: &[Voucher],
        batch: usize,
    ) -> Result<Rc<State>, String> {
        for (nth, part) in vouchers.chunks(batch).enumerate() {
            let part: Vec<_> = part.iter().map(|voucher| (book, voucher.clone())).collect();
            let instructions = match nth % 2 {
                0 => settle_instructions(&part, 0, false),
                _ => vec![settle_many_instruction(&part)],
            };
            let outcome = self.chain.send(&instructions, &[]);
            if !outcome.accepted {
                return Err(format!("ME-6: an honest settlement was refused: {}", outcome.error));
            }
        }
        let view = self.chain.look(&self.view)?;
        Ok(view.get(&book).ok_or("settling closed a book")?.state.clone())
    }
}

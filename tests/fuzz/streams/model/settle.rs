//! Vouchers: who may sign them, and what they raise.

use simulator::Refusal;
use solana_address::Address;

use super::{line::take_total, Model};
use crate::streams::{
    places::BookSite,
    state::{Book, Hand},
    voucher::Voucher,
};

/// The hands whose vouchers a book may take now, the present one first.
fn hands(book: &mut Book) -> [&mut Hand; 2] {
    [&mut book.present, &mut book.former]
}

/// Whether the voucher is for this life of the book. The signature itself is always a real one in
/// the walk; forged ones are `forge`'s.
fn require_meant(book: &Book, voucher: &Voucher) -> Result<(), Refusal> {
    if voucher.targets.list().is_empty() {
        return Err("no targets");
    }
    match voucher.domain == book.domain {
        true => Ok(()),
        false => Err("for another life or another book"),
    }
}

fn spend(hand: &mut Hand, raised: u128) -> Result<(), Refusal> {
    if hand.cap == u64::MAX {
        return Ok(());
    }
    let spent = u128::from(hand.spent) + raised;
    if spent > u128::from(hand.cap) {
        return Err("over the signer's cap");
    }
    hand.spent = spent as u64;
    Ok(())
}

impl Model<'_> {
    pub(super) fn set_voucher_signer(
        &mut self,
        site: BookSite,
        payer: &Address,
        signer: &Address,
        expires_at: i64,
        cap: u64,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let book = self.own_book(&site, payer)?;
        // Before the first line nobody can hold a voucher.
        if book.lines.is_empty() {
            book.present = Hand { key: *signer, expires_at, cap, spent: 0 };
        } else if book.present.key == *signer {
            if expires_at < book.present.expires_at || cap < book.present.cap {
                return Err("the present hand's terms only get wider");
            }
            (book.present.expires_at, book.present.cap) = (expires_at, cap);
        } else {
            if book.former.expires_at > now {
                return Err("the hand before is still in its grace");
            }
            let grace = now + i64::from(book.grace_seconds);
            let next = Hand { key: *signer, expires_at, cap, spent: 0 };
            book.former = core::mem::replace(&mut book.present, next);
            book.former.expires_at = book.former.expires_at.min(grace);
        }
        Ok(())
    }

    pub(super) fn settle(&mut self, site: BookSite, voucher: &Voucher) -> Result<(), Refusal> {
        let now = self.now;
        let book = self.book_mut(&site.address)?;
        require_meant(book, voucher)?;
        let mut raised = 0;
        for (line, total) in voucher.targets.list() {
            let line = book.lines.get_mut(line as usize).ok_or("no such line")?;
            raised += take_total(line, total, now);
        }
        let mine = hands(book).into_iter().find(|hand| hand.key == voucher.signer);
        match mine.ok_or("by another signer")? {
            hand if hand.expires_at <= now => Err("the signer has expired"),
            hand => spend(hand, raised),
        }
    }

    /// Passes over a voucher that cannot be settled, and over one whose book is gone.
    pub(super) fn settle_or_skip(&mut self, site: BookSite, voucher: &Voucher) {
        let mut trial = self.0.clone();
        if Model(&mut trial).settle(site, voucher).is_ok() {
            *self.0 = trial;
        }
    }
}

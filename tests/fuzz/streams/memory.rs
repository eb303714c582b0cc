//! What the invariants remember of all steps before.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use solana_address::Address;

use super::{
    facts::{books, changed_lines, members, pools},
    model::line::fee_on,
    state::{Account, View},
    voucher::Voucher,
};

/// A line in one life of one book.
pub type LineKey = ([u8; 32], usize);

/// Kept beside the chain, from what was seen and signed, never from the model.
#[derive(Default)]
pub struct Memory {
    /// Totals that somebody signed for a line.
    pub signed: HashMap<LineKey, BTreeSet<u64>>,
    /// Totals that a line was raised to.
    pub raised: BTreeSet<([u8; 32], usize, u64)>,
    /// Most that a line can have earned by the second: its rates times their times.
    pub run: HashMap<LineKey, u128>,
    /// What it has earned: the same, up to what its deposit was then. Vouchers, settled or not, play no
    /// part in it. Unknown for a line that had a rate when the clock was set back, for the program
    /// need not have seen the later time.
    pub earned: HashMap<LineKey, Option<u128>>,
    /// Up to when that was counted, and at which rate.
    pub counted: HashMap<LineKey, (u64, i64)>,
    /// Fees of lines that were removed, for each life of a book.
    pub fees_of_removed: HashMap<[u8; 32], u128>,
    /// Fractions that members left behind, for each pool, times 2^64.
    pub dust: HashMap<Address, u128>,
    /// Latest unix time there was.
    pub latest: i64,
}

impl Memory {
    pub fn sign(&mut self, voucher: &Voucher) {
        for (line, total) in voucher.targets.list() {
            let key = (voucher.domain, line as usize);
            self.signed.entry(key).or_default().insert(total);
        }
    }
}

impl simulator::Memory<Account> for Memory {
    /// The clock goes to `to` with nothing else happening. One that was set back earns nothing
    /// until it has caught up, unless the rate was changed in between.
    fn pass(&mut self, view: &View, to: i64) {
        for (_, book) in books(view) {
            for (nth, line) in book.lines.iter().enumerate().filter(|(_, line)| line.rate > 0) {
                let key = (book.domain, nth);
                let counted = self.counted.entry(key).or_insert((line.rate, line.accrued_at));
                if counted.0 != line.rate {
                    *counted = (line.rate, line.accrued_at);
                }
                let from = counted.1.max(line.accrued_at);
                counted.1 = from.max(to);
                let seconds = (i128::from(to) - i128::from(from)).max(0) as u128;
                let run = self.run.entry(key).or_default();
                let more = u128::from(line.rate).saturating_mul(seconds);
                *run = run.saturating_add(more);
                let earned = self.earned.entry(key).or_insert(Some(0));
                *earned = earned.filter(|_| to >= self.latest).map(|earned| {
                    earned.saturating_add(more).min(u128::from(line.deposit)).max(earned)
                });
            }
        }
        self.latest = self.latest.max(to);
    }

    /// Takes note of a step that was judged.
    fn learn(&mut self, before: &View, after: &View) {
        let old: BTreeMap<_, _> = books(before).collect();
        for (at, book) in books(after) {
            let Some(was) = old.get(at).filter(|was| was.domain == book.domain) else { continue };
            for (nth, was, line) in changed_lines(was, book) {
                if line.vouched > was.vouched {
                    self.raised.insert((book.domain, nth, line.vouched));
                }
                if line.removed && !was.removed {
                    let fee = fee_on(was.claimed, book.fee_bps);
                    *self.fees_of_removed.entry(book.domain).or_default() += fee;
                }
            }
        }
        for (at, member) in members(before).filter(|(at, _)| !after.contains_key(at)) {
            debug_assert!(before.contains_key(at));
            *self.dust.entry(member.pool).or_default() += member.owed;
        }
        for (at, _) in pools(before).filter(|(at, _)| !after.contains_key(at)) {
            self.dust.remove(at);
        }
    }
}

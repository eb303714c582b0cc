//! What one step did, for the invariants to judge, and what they remember of all steps before.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use solana_address::Address;

use crate::{
    chain::{Outcome, View},
    places::Places,
    state::{Book, Line, Member, Pool, State, Token},
    voucher::Voucher,
};

/// One step: the chain before and after, who signed, and when.
pub struct Facts<'a> {
    pub places: &'a Places,
    pub before: &'a View,
    pub after: &'a View,
    pub outcome: &'a Outcome,
    /// Signed the transaction; the fee payer is nobody's account.
    pub signers: &'a BTreeSet<Address>,
    /// Carried by the transaction.
    pub vouchers: &'a [(usize, Voucher)],
    /// Unix seconds.
    pub now: i64,
    pub slot: u64,
    pub memory: &'a Memory,
}

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

pub fn books(view: &View) -> impl Iterator<Item = (&Address, &Book)> {
    view.iter().filter_map(|(at, seen)| match &*seen.state {
        State::Book(book) => Some((at, &**book)),
        _ => None,
    })
}

pub fn pools(view: &View) -> impl Iterator<Item = (&Address, &Pool)> {
    view.iter().filter_map(|(at, seen)| match &*seen.state {
        State::Pool(pool) => Some((at, pool)),
        _ => None,
    })
}

pub fn members(view: &View) -> impl Iterator<Item = (&Address, &Member)> {
    view.iter().filter_map(|(at, seen)| match &*seen.state {
        State::Member(member) => Some((at, member)),
        _ => None,
    })
}

pub fn tokens(view: &View) -> impl Iterator<Item = (&Address, &Token)> {
    view.iter().filter_map(|(at, seen)| match &*seen.state {
        State::Token(token) => Some((at, token)),
        _ => None,
    })
}

/// Base units in a token account; none in one that is not there.
pub fn balance(view: &View, at: &Address) -> u64 {
    match view.get(at).map(|seen| &*seen.state) {
        Some(State::Token(token)) => token.amount,
        _ => 0,
    }
}

/// Books of the same life on both sides.
pub fn surviving<'a>(facts: &Facts<'a>) -> Vec<(&'a Address, &'a Book, &'a Book)> {
    let before: BTreeMap<_, _> = books(facts.before).collect();
    books(facts.after)
        .filter_map(|(at, after)| {
            let before = *before.get(at)?;
            (before.domain == after.domain).then_some((at, before, after))
        })
        .collect()
}

/// Lines of surviving books that were there before and changed.
pub fn changed_lines<'a>(
    before: &'a Book,
    after: &'a Book,
) -> impl Iterator<Item = (usize, &'a Line, &'a Line)> {
    let pairs = before.lines.iter().zip(&after.lines).enumerate();
    pairs.filter(|(_, (old, new))| old != new).map(|(nth, (old, new))| (nth, old, new))
}

impl Memory {
    pub fn sign(&mut self, voucher: &Voucher) {
        for (line, total) in voucher.targets.list() {
            let key = (voucher.domain, line as usize);
            self.signed.entry(key).or_default().insert(total);
        }
    }

    /// The clock goes to `to` with nothing else happening. One that was set back earns nothing
    /// until it has caught up, unless the rate was changed in between.
    pub fn pass(&mut self, view: &View, to: i64) {
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
    pub fn learn(&mut self, before: &View, after: &View) {
        let old: BTreeMap<_, _> = books(before).collect();
        for (at, book) in books(after) {
            let Some(was) = old.get(at).filter(|was| was.domain == book.domain) else { continue };
            for (nth, was, line) in changed_lines(was, book) {
                if line.vouched > was.vouched {
                    self.raised.insert((book.domain, nth, line.vouched));
                }
                if line.removed && !was.removed {
                    let fee = crate::model::line::fee_on(was.claimed, book.fee_bps);
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

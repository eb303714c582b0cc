//! Counters of missed slots by day and month, and of slots that were excused.

use core::ops::RangeInclusive;

use super::time::{DAY, MONTH};

/// Verdicts that are kept behind the newest one.
pub const KEPT: u64 = 12;
/// Most slots a month that maintenance excuses: two hours.
pub const EXCUSED: u32 = 24;

/// Periods of equal length, of which the newest ones have a counter each.
#[derive(Clone, Copy, Debug)]
pub struct Ring {
    /// Slots of a period; 0 makes one period of all time.
    pub length: u64,
    /// Periods that have a counter.
    pub kept: u64,
}

/// This month and the one before.
pub const MONTHS: Ring = Ring { length: MONTH, kept: 2 };
/// Today and the two days before.
pub const DAYS: Ring = Ring { length: DAY, kept: 3 };

impl Ring {
    /// The period that `slot` lies in.
    pub fn period(self, slot: u64) -> u64 {
        slot.checked_div(self.length).unwrap_or(0)
    }

    /// The periods that begin when the next slot to close goes from `before` to `after`; of many the
    /// last, as far as they have counters.
    ///
    /// A period begins with the last close of the one before it: what is written to its counters
    /// from then on stays.
    pub fn begun(self, before: u64, after: u64) -> RangeInclusive<u64> {
        let (old, new) = (self.period(before), self.period(after));
        let kept = new.saturating_add(1).saturating_sub(self.kept);
        old.saturating_add(1).max(kept)..=new
    }

    /// Slots of `period` that have passed while `running` runs, which counts as passed: what a node
    /// that is registered now has missed of it.
    pub fn absent(self, period: u64, running: u64) -> u64 {
        let start = period.saturating_mul(self.length);
        running.saturating_add(1).saturating_sub(start).min(self.length)
    }
}

/// The first slot from `slot` on, which is none after the next to close, before which a node's misses
/// are known: the verdicts kept go back no further.
pub fn known_from(slot: u64, next: u64) -> u64 {
    slot.max(next.saturating_sub(KEPT))
}

/// Slots that a maintenance window excuses.
///
/// `missed_begin` and `missed_end` are a node's misses before the first slot that counts and before
/// the last that is known; `unknown` slots of these lie behind the window's end and count as missed
/// there, so that nobody gains by ending late.
pub fn excused(missed_begin: u32, missed_end: u32, unknown: u32) -> u32 {
    missed_end.saturating_sub(missed_begin).saturating_sub(unknown).min(EXCUSED)
}

//! What a month says of a node: whether it earns the bonus, and its uptime over many months.

use super::time::MONTH;

/// Missed slots with which a month still counts as 99.9 % (of 8,640 slots).
pub const ALLOWED: u16 = 8;
/// All of the time, in an uptime.
pub const FULL: u16 = u16::MAX;
/// One part in so many of an uptime is the newest month, the rest what it was before.
const MONTHS: u32 = 4;

/// Whether so many judged slots, of 8,640, make a month that says something: nine tenths.
pub fn counts(judged: u16) -> bool {
    u64::from(judged).saturating_mul(10) >= MONTH.saturating_mul(9)
}

/// Whether a node that missed so many slots of a month that counts has earned the bonus.
#[inline(always)]
pub fn is_eligible(missed: u16) -> bool {
    missed <= ALLOWED
}

/// A node's uptime, in parts of `FULL`, after a month that counts: a moving average by powers of
/// 3/4, rounded down. It starts at 0, so that no new name is better than a bad one.
///
/// More missed than judged slots are a month without uptime, as is one without judged slots.
#[inline(always)]
pub fn fold_down(uptime: u16, judged: u16, missed: u16) -> u16 {
    let up = u32::from(judged.saturating_sub(missed));
    let month = up.saturating_mul(u32::from(FULL)).checked_div(u32::from(judged)).unwrap_or(0);
    let sum = u32::from(uptime).saturating_mul(MONTHS - 1).saturating_add(month);
    u16::try_from(sum / MONTHS).unwrap_or(FULL)
}

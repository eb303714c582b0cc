//! Slots, what they add up to, and what may be done for a slot when.

/// Seconds of a slot.
pub const SLOT_SECONDS: u64 = 300;
/// Slots of a day.
pub const DAY: u64 = 288;
/// Slots between two drawings of seats: seven days.
pub const EPOCH: u64 = 2_016;
/// Slots of a month, which has thirty days wherever it lies.
pub const MONTH: u64 = 8_640;

/// What may be done for a slot while another one runs. Each stage but the last takes one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It runs, or lies ahead: nothing.
    Ahead,
    /// Reports are filed, sealed; it may be contested.
    Filing,
    /// Reports are opened; it may be contested.
    Opening,
    /// It may be closed.
    Due,
}

/// The slot that runs at `now`, in unix seconds; slot 0 before 1970.
pub fn slot_at(now: i64) -> u64 {
    u64::try_from(now).unwrap_or(0) / SLOT_SECONDS
}

/// What may be done for `slot` while `running` runs.
#[inline(always)]
pub fn stage(slot: u64, running: u64) -> Stage {
    match running.saturating_sub(slot) {
        0 => Stage::Ahead,
        1 => Stage::Filing,
        2 => Stage::Opening,
        _ => Stage::Due,
    }
}

//! Sharing among any number of members at the cost of one: a running total per unit.
//!
//! The index is a fixed-point number with 64 bits behind the point: base units that one unit of
//! membership has ever received. What a division leaves is carried to the next one, so no
//! distribution loses anything for good.

/// Bits of the index behind the point.
pub const FRACTION_BITS: u32 = 64;

/// What `amount` adds to the index over `units`, and what of the division is left to carry.
///
/// `carried` is what the distribution before left, below its `units`. With no units nothing is
/// added and all of `carried` stays; the caller refuses that case. Exact:
/// `amount * 2^64 + carried = step * units + left`.
pub fn index_step_down(amount: u64, carried: u64, units: u64) -> (u128, u64) {
    let total = (u128::from(amount) << FRACTION_BITS).saturating_add(u128::from(carried));
    let units = u128::from(units);
    match (total.checked_div(units), total.checked_rem(units)) {
        // A remainder is below its 64-bit divisor.
        (Some(step), Some(left)) => (step, u64::try_from(left).unwrap_or(u64::MAX)),
        _ => (0, carried),
    }
}

/// What `units` have received while the index went from `from` to `to`, in units of 2^-64.
///
/// `None` if it would not fit, which no pool can reach: what all its units together receive is what
/// was distributed, below 2^64 base units in a pool's whole life.
pub fn received(units: u64, from: u128, to: u128) -> Option<u128> {
    to.checked_sub(from)?.checked_mul(u128::from(units))
}

/// Splits an amount in units of 2^-64 into whole base units and the rest.
pub fn whole_down(amount: u128) -> (u64, u128) {
    let whole = u64::try_from(amount >> FRACTION_BITS).unwrap_or(u64::MAX);
    (whole, amount & u128::from(u64::MAX))
}

//! Parts of a whole, in basis points, that add up to the whole.

/// `floor(amount * bps / 10_000)`: a share of `amount`, rounded down.
///
/// `bps` above 10,000 counts as 10,000, so a share never exceeds `amount`
/// and nothing here can wrap.
pub fn share_down(amount: u64, bps: u16) -> u64 {
    let bps = u64::from(bps.min(crate::ALL_BPS));
    let (whole, rest) = (amount / 10_000, amount % 10_000);
    whole.wrapping_mul(bps).wrapping_add(rest.wrapping_mul(bps) / 10_000)
}

/// Splits `amount` into the share rounded down and the rest; the two always add up to `amount`.
pub fn split_down(amount: u64, bps: u16) -> (u64, u64) {
    let share = share_down(amount, bps);
    (share, amount.saturating_sub(share))
}

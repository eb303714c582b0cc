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

/// The part of a share that falls due when a running total goes from `before` to `after`.
///
/// The share is taken of the total, so any split of one amount into many gives the same to the
/// unit. At most `after - before`; zero if `after < before`.
pub fn share_between_down(before: u64, after: u64, bps: u16) -> u64 {
    share_down(after, bps).saturating_sub(share_down(before, bps))
}

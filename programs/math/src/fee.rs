//! Fees in basis points that no pattern of payments can avoid or inflate.

/// `ceil(amount * bps / 10_000)`: the fee on `amount`, rounded up.
///
/// `bps` above 10,000 counts as 10,000. Computed without leaving 64 bits: with
/// `amount = 10_000 q + r`, it is `q * bps + ceil(r * bps / 10_000)`, which is within `amount`: nothing here can wrap.
#[inline(always)]
pub fn fee_up(amount: u64, bps: u16) -> u64 {
    let bps = u64::from(bps.min(crate::ALL_BPS));
    let (whole, rest) = (amount / 10_000, amount % 10_000);
    whole.wrapping_mul(bps).wrapping_add(rest.wrapping_mul(bps).div_ceil(10_000))
}

/// The part of the fee that falls due when a running total goes from `before` to `after`.
///
/// The fee is owed on the total, so any split of one payment into many costs the same to the
/// unit: nobody can grind a payee by claiming for it in small steps. Zero if `after < before`.
#[inline(always)]
pub fn fee_between_up(before: u64, after: u64, bps: u16) -> u64 {
    fee_up(after, bps).saturating_sub(fee_up(before, bps))
}

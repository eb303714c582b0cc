//! What one payer owes one payee: a rate, vouchers, or both, covered by one deposit.

use crate::stream;

/// Base units the payee has earned: what ran up by the second and what was signed for, as far
/// as the deposit covers both.
pub fn earned(deposit: u64, accrued: u64, vouched: u64) -> u64 {
    accrued.saturating_add(vouched).min(deposit)
}

/// The value of `accrued` at `to`, given its value at `from`.
///
/// A line accrues only while its deposit covers it: time in which it was dry is never owed, so a
/// later top-up pays nothing for it. Splitting `[from, to)` into parts gives the same answer.
pub fn accrued_by(rate: u64, from: i64, to: i64, deposit: u64, accrued: u64, vouched: u64) -> u64 {
    let room = deposit.saturating_sub(earned(deposit, accrued, vouched));
    accrued.saturating_add(stream::accrued(rate, from, to, room))
}

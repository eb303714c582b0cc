//! What one payer owes one payee: a rate, vouchers, or both, covered by one deposit.

use core::ops::Range;

use crate::stream;

/// Base units the payee has earned: what ran up by the second and what was signed for, as far
/// as the deposit covers both.
pub fn earned(deposit: u64, accrued: u64, vouched: u64) -> u64 {
    accrued.saturating_add(vouched).min(deposit)
}

/// The value of `accrued` at the end of `time`, given its value at the start. `time` is unix seconds.
///
/// The rate stops at the deposit: time after that is never owed, so a later top-up pays nothing for
/// it. Vouchers are left out here on purpose. Nobody knows when a voucher was signed, only when it
/// is settled; if it took room from the rate, the total would depend on who settles when. So the
/// rate runs as it would on a line without vouchers, and `earned` covers the sum of both.
/// Splitting the time into parts gives the same answer.
pub fn accrued_by(rate: u64, time: Range<i64>, deposit: u64, accrued: u64) -> u64 {
    let room = deposit.saturating_sub(accrued);
    accrued.saturating_add(stream::accrued(rate, time.start, time.end, room))
}

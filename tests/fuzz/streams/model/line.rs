//! What one line earns, in wide arithmetic and by another formula than the program's.

use simulator::Refusal;

use crate::streams::state::Line;

/// Rounded up, as the protocol's fee is, on a running total.
pub fn fee_on(total: u64, bps: u16) -> u128 {
    (u128::from(total) * u128::from(bps)).div_ceil(10_000)
}

/// What has run up by `now`: time times rate on top of what had run up already, up to the deposit.
/// Vouchers play no part in it.
pub fn accrued_at(line: &Line, now: i64) -> u64 {
    let seconds = (i128::from(now) - i128::from(line.accrued_at)).max(0) as u128;
    let ran = u128::from(line.accrued).saturating_add(u128::from(line.rate) * seconds);
    ran.min(u128::from(line.deposit)).max(u128::from(line.accrued)) as u64
}

/// What the payee has earned by `now`, paid or not.
pub fn earned_at(line: &Line, now: i64) -> u64 {
    let both = u128::from(accrued_at(line, now)) + u128::from(line.vouched);
    both.min(u128::from(line.deposit)) as u64
}

/// Claimable at `now`, after the fee.
pub fn net_due_at(line: &Line, now: i64, bps: u16) -> i128 {
    let earned = earned_at(line, now);
    let fee = fee_on(earned, bps) as i128 - fee_on(line.claimed, bps) as i128;
    i128::from(earned) - i128::from(line.claimed) - fee
}

pub fn is_closed(line: &Line, now: i64) -> bool {
    line.closing_at != 0 && line.closing_at <= now
}

/// Writes down what has run up. A line that earns nothing by the second has nothing to write.
pub fn bring_up(line: &mut Line, now: i64) {
    if line.rate > 0 {
        line.accrued = accrued_at(line, now);
        line.accrued_at = line.accrued_at.max(now);
    }
}

/// Takes a signed total and says by how much it is above the last one.
pub fn take_total(line: &mut Line, total: u64, now: i64) -> u128 {
    if total <= line.vouched || is_closed(line, now) {
        return 0;
    }
    let raise = u128::from(total - line.vouched);
    line.vouched = total;
    raise
}

pub fn require_open(line: &Line) -> Result<(), Refusal> {
    match (line.removed, line.closing_at) {
        (false, 0) => Ok(()),
        _ => Err("the line is not open"),
    }
}

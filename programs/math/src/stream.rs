//! Linear accrual: so much a second, while something covers it.

/// Base units that `rate` a second earns over `[from, to)`, at most `cap`.
///
/// A clock that steps backwards earns nothing. The product is never formed where it would
/// exceed `cap`, so nothing overflows: `seconds <= cap / rate` implies `seconds * rate <= cap`.
pub fn accrued(rate: u64, from: i64, to: i64, cap: u64) -> u64 {
    let seconds = if to > from { to.abs_diff(from) } else { 0 };
    match cap.checked_div(rate) {
        None => 0,
        Some(covered) if seconds > covered => cap,
        Some(_) => seconds.wrapping_mul(rate),
    }
}

/// Seconds from now until `rate` a second has used up `left`, or `None` if it never will.
///
/// The first second at which nothing is left, so a partial second counts whole.
pub fn seconds_until_dry_up(rate: u64, left: u64) -> Option<u64> {
    match rate {
        0 => None,
        rate => Some(left.div_ceil(rate)),
    }
}

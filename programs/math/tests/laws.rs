//! Each formula against a closed form in wider arithmetic, and the laws the programs rely on.

#![allow(clippy::unwrap_used)]

use pinfi_math::{fee, line, pool, share, stream};
use proptest::prelude::*;

/// Amounts with weight on the ends, where mistakes are.
fn amount() -> impl Strategy<Value = u64> {
    prop_oneof![
        0..20_000u64,
        any::<u64>(),
        (u64::MAX - 20_000)..=u64::MAX,
        (0..64u32).prop_map(|bit| 1u64 << bit),
    ]
}

fn time() -> impl Strategy<Value = i64> {
    prop_oneof![0..4_000_000_000i64, any::<i64>(), Just(i64::MIN), Just(i64::MAX)]
}

fn low(value: u128) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

/// What a running total that rises to each of `totals` adds up to, step by step, and where it ends.
/// No step may be above what the total rose by.
fn sum_of_steps(
    mut totals: Vec<u64>,
    between: impl Fn(u64, u64) -> u64,
) -> Result<(u128, u64), TestCaseError> {
    totals.sort_unstable();
    let (mut sum, mut before) = (0, 0);
    for total in totals {
        let step = between(before, total);
        prop_assert!(step <= total - before);
        sum += u128::from(step);
        before = total;
    }
    Ok((sum, before))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn accrued_is_seconds_times_rate_up_to_the_cap(rate in amount(), from in time(), to in time(), cap in amount()) {
        let seconds = (i128::from(to) - i128::from(from)).max(0).unsigned_abs();
        let expected = low((seconds * u128::from(rate)).min(u128::from(cap)));
        prop_assert_eq!(stream::accrued(rate, from, to, cap), expected);
    }

    #[test]
    fn dry_up_is_the_first_second_with_nothing_left(rate in 1..=u64::MAX, left in amount()) {
        let seconds = stream::seconds_until_dry_up(rate, left).unwrap();
        prop_assert!(u128::from(seconds) * u128::from(rate) >= u128::from(left));
        prop_assert!(left == 0 || u128::from(seconds - 1) * u128::from(rate) < u128::from(left));
        prop_assert_eq!(stream::seconds_until_dry_up(0, left), None);
    }

    #[test]
    fn earned_is_what_the_deposit_covers(deposit in amount(), accrued in amount(), vouched in amount()) {
        let owed = u128::from(accrued) + u128::from(vouched);
        prop_assert_eq!(u128::from(line::earned(deposit, accrued, vouched)), owed.min(u128::from(deposit)));
    }

    #[test]
    fn accruing_in_steps_is_accruing_at_once(
        rate in amount(), deposit in amount(), accrued in amount(),
        mut times in prop::collection::vec(time(), 2..6),
    ) {
        times.sort_unstable();
        let (first, last) = (times[0], times[times.len() - 1]);
        let at_once = line::accrued_by(rate, first..last, deposit, accrued);
        let in_steps = times.windows(2).fold(accrued, |accrued, pair| {
            line::accrued_by(rate, pair[0]..pair[1], deposit, accrued)
        });
        prop_assert_eq!(in_steps, at_once);
        prop_assert!(at_once >= accrued);
    }

    #[test]
    fn accrual_never_takes_what_is_not_covered(
        rate in amount(), from in time(), to in time(), deposit in amount(), accrued in amount(),
    ) {
        let after = line::accrued_by(rate, from..to, deposit, accrued);
        prop_assert!(after - accrued <= deposit.saturating_sub(accrued));
    }

    /// Whatever rate a line has, its deposit is used up after a finite time.
    #[test]
    fn a_rate_uses_up_the_deposit_and_stops(
        rate in 1..=u64::MAX, deposit in 0..1u64 << 62, accrued in amount(), more in 0..1_000i64,
    ) {
        let accrued = accrued.min(deposit);
        let seconds = stream::seconds_until_dry_up(rate, deposit - accrued).unwrap();
        let dry = i64::try_from(seconds).unwrap();
        let at = |time| line::accrued_by(rate, 0..time, deposit, accrued);
        prop_assert_eq!(at(dry + more), deposit);
        prop_assert!(dry == 0 || at(dry - 1) < deposit);
    }

    #[test]
    fn fee_is_the_quotient_rounded_up(amount in amount(), bps in 0..=10_000u16) {
        let expected = (u128::from(amount) * u128::from(bps)).div_ceil(10_000);
        prop_assert_eq!(u128::from(fee::fee_up(amount, bps)), expected);
        prop_assert!(bps == 0 || amount == 0 || fee::fee_up(amount, bps) > 0);
        prop_assert!(fee::fee_up(amount, bps) <= amount);
    }

    /// B08: no way of cutting a payment up changes the fee, and no step costs more than it pays.
    #[test]
    fn fee_does_not_depend_on_the_steps(totals in prop::collection::vec(amount(), 1..8), bps in 0..=10_000u16) {
        let (sum, last) = sum_of_steps(totals, |before, after| fee::fee_between_up(before, after, bps))?;
        prop_assert_eq!(sum, u128::from(fee::fee_up(last, bps)));
    }

    #[test]
    fn share_is_the_quotient_rounded_down(amount in amount(), bps in 0..=10_000u16) {
        let expected = u128::from(amount) * u128::from(bps) / 10_000;
        prop_assert_eq!(u128::from(share::share_down(amount, bps)), expected);
    }

    #[test]
    fn share_does_not_depend_on_the_steps(totals in prop::collection::vec(amount(), 1..8), bps in any::<u16>()) {
        let between = |before, after| share::share_between_down(before, after, bps);
        let (sum, last) = sum_of_steps(totals, between)?;
        prop_assert_eq!(sum, u128::from(last) * u128::from(bps.min(10_000)) / 10_000);
        prop_assert_eq!(between(last, 0), 0);
    }

    #[test]
    fn more_than_everything_counts_as_everything(amount in amount(), bps in 10_000..=u16::MAX) {
        prop_assert_eq!(fee::fee_up(amount, bps), amount);
        prop_assert_eq!(share::share_down(amount, bps), amount);
    }

    /// The division loses nothing: what it leaves is carried.
    #[test]
    fn index_step_and_carry_are_the_whole(amount in amount(), units in 1..=u64::MAX, carried in any::<u64>()) {
        let carried = carried % units;
        let (step, left) = pool::index_step_down(amount, carried, units);
        prop_assert!(left < units);
        let whole = (u128::from(amount) << 64) + u128::from(carried);
        prop_assert_eq!(step.checked_mul(u128::from(units)).and_then(|s| s.checked_add(u128::from(left))), Some(whole));
        prop_assert_eq!(pool::index_step_down(amount, carried, 0), (0, carried));
    }

    /// B13: members together receive what was distributed, but for what the last division left.
    #[test]
    fn members_receive_what_is_distributed(
        members in prop::collection::vec(1..1_000_000u64, 1..6),
        amounts in prop::collection::vec(0..1_000_000_000_000u64, 1..8),
        pokes in prop::collection::vec(any::<bool>(), 48),
    ) {
        let units: u64 = members.iter().sum();
        let (mut index, mut carried) = (0u128, 0u64);
        let mut poked = vec![(0u128, 0u128); members.len()];
        let mut pokes = pokes.into_iter().cycle();
        for amount in &amounts {
            let (step, left) = pool::index_step_down(*amount, carried, units);
            index += step;
            carried = left;
            for (member, (owed, at)) in members.iter().zip(&mut poked) {
                if pokes.next().unwrap() {
                    *owed += pool::received(*member, *at, index).unwrap();
                    *at = index;
                }
            }
        }
        let mut sum = u128::from(carried);
        for (member, (owed, at)) in members.iter().zip(poked) {
            let at_once = pool::received(*member, 0, index).unwrap();
            prop_assert_eq!(owed + pool::received(*member, at, index).unwrap(), at_once);
            let whole = u128::from(pool::whole_down(at_once).0);
            let ideal: u128 = amounts.iter().map(|a| u128::from(*a)).sum::<u128>() * u128::from(*member) / u128::from(units);
            prop_assert!(whole <= ideal && ideal - whole <= 1);
            sum += at_once;
        }
        let distributed: u128 = amounts.iter().map(|a| u128::from(*a) << 64).sum();
        prop_assert_eq!(sum, distributed);
    }
}

//! Rules of lines by themselves: what is earned, paid and given up. What needs accounts, signatures or
//! tokens is tested in the simulators.

#![allow(clippy::unwrap_used)]

mod support;

use proptest::prelude::*;
use streams::{errors::StreamsError, state::Line};
use support::{line, refused};

#[test]
fn a_line_without_rate_earns_by_vouchers_only() {
    let mut line = line();
    assert_eq!(line.vouch(300, 160), 300);
    assert_eq!(line.vouch(200, 170), 0);
    assert_eq!(line.vouch(300, 170), 0);
    assert_eq!((line.earned(), line.vouched), (300, 300));
    assert_eq!(line.claim(170).unwrap(), 300);
    refused(line.claim(180), StreamsError::NothingToClaim);
}

/// D12: more than the deposit is recorded as signed, paid as covered, and payable after a top-up.
#[test]
fn vouchers_above_the_deposit_wait_for_funds() {
    let mut line = line();
    assert_eq!(line.vouch(1_500, 160), 1_500);
    assert_eq!(line.claim(160).unwrap(), 1_000);
    line.fund(200, 170).unwrap();
    assert_eq!(line.claim(170).unwrap(), 200);
    line.fund(1_000, 180).unwrap();
    assert_eq!(line.claim(180).unwrap(), 300);
}

/// D17, B24: a new rate changes nothing that is past.
#[test]
fn a_rate_applies_from_when_it_is_set() {
    let mut line = Line { rate: 5, ..line() };
    line.set_rate(1, 160).unwrap();
    assert_eq!(line.accrued, 300);
    line.set_rate(0, 200).unwrap();
    assert_eq!(line.accrued, 340);
    line.set_rate(7, 1_000).unwrap();
    assert_eq!(line.accrued, 340);
}

/// D19: time without cover is never paid for.
#[test]
fn a_dry_line_owes_nothing_for_the_dry_time() {
    let mut line = Line { rate: 5, ..line() };
    assert_eq!(line.claim(100 + 200 + 86_400).unwrap(), 1_000);
    line.fund(1_000, 90_000).unwrap();
    refused(line.claim(90_000), StreamsError::NothingToClaim);
    assert_eq!(line.claim(90_010).unwrap(), 50);
}

#[test]
fn closing_stops_the_rate_and_leaves_time_for_vouchers() {
    let mut line = Line { rate: 5, ..line() };
    line.close(160, 1_060).unwrap();
    assert_eq!(line.vouch(100, 1_059), 100);
    assert_eq!(line.vouch(200, 1_060), 0);
    assert_eq!(line.earned(), 400);
    refused(line.release(1_059), StreamsError::GraceNotOver);
    assert_eq!(line.release(1_060).unwrap(), 600);
    assert_eq!(line.release(1_061).unwrap(), 0);
    assert_eq!(line.claim(1_061).unwrap(), 400);
    assert_eq!(line.claimed, line.deposit);
}

#[test]
fn closing_again_can_only_bring_the_end_nearer() {
    let mut line = line();
    line.close(100, 1_000).unwrap();
    refused(line.close(110, 1_000), StreamsError::LineClosing);
    refused(line.close(110, 2_000), StreamsError::LineClosing);
    line.close(110, 999).unwrap();
    refused(line.fund(1, 120), StreamsError::LineClosing);
    refused(line.set_rate(1, 120), StreamsError::LineClosing);
}

#[test]
fn a_removed_line_stays_removed() {
    let mut line = line();
    line.remove();
    for now in [i64::MIN, 0, i64::MAX] {
        assert_eq!(line.vouch(u64::MAX, now), 0);
        refused(line.claim(now), StreamsError::LineRemoved);
        refused(line.close(now, now), StreamsError::LineRemoved);
        refused(line.release(now), StreamsError::LineRemoved);
        refused(line.fund(1, now), StreamsError::LineRemoved);
        refused(line.set_rate(1, now), StreamsError::LineRemoved);
    }
}

/// What happens on a line, settling and claiming apart.
#[derive(Clone, Debug)]
enum Happens {
    Pass(i64),
    Fund(u64),
    Rate(u64),
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        (0..300i64).prop_map(Happens::Pass),
        (1..3_000u64).prop_map(Happens::Fund),
        (0..40u64).prop_map(Happens::Rate),
    ]
}

/// What a line has paid after `steps` and a last claim, when voucher `n` is settled before step
/// `settled[n]` and somebody claims before each of the steps `claimed`.
fn paid(steps: &[Happens], vouchers: &[u64], settled: &[usize], claimed: &[usize]) -> u64 {
    let (mut line, mut now) = (line(), 100);
    for at in 0..=steps.len() {
        for (total, when) in vouchers.iter().zip(settled) {
            if *when == at {
                line.vouch(*total, now);
            }
        }
        for _ in claimed.iter().filter(|when| **when == at) {
            let due = line.due(now);
            assert_eq!(line.claim(now).unwrap_or(0), due);
        }
        match steps.get(at) {
            Some(Happens::Pass(seconds)) => now += seconds,
            Some(Happens::Fund(amount)) => line.fund(*amount, now).unwrap(),
            Some(Happens::Rate(rate)) => line.set_rate(*rate, now).unwrap(),
            None => {}
        }
    }
    let due = line.due(now);
    line.claimed + due
}

/// The same, counted second by second and written down once.
fn counted(steps: &[Happens], vouchers: &[u64]) -> u64 {
    let (mut deposit, mut rate, mut accrued) = (1_000u64, 0u64, 0u64);
    for step in steps {
        match step {
            Happens::Pass(seconds) => {
                for _ in 0..*seconds {
                    accrued = (accrued + rate).min(deposit);
                }
            }
            Happens::Fund(amount) => deposit += amount,
            Happens::Rate(new) => rate = *new,
        }
    }
    let vouched = vouchers.iter().copied().max().unwrap_or(0);
    accrued.checked_add(vouched).map_or(deposit, |both| both.min(deposit))
}

/// W14: the example of the report. A voucher takes no room from the rate, whenever it is settled.
#[test]
fn w14_a_voucher_settled_early_or_late_pays_the_same() {
    let steps = [Happens::Rate(10), Happens::Pass(100), Happens::Fund(5_000)];
    for settled in 0..=steps.len() {
        for claimed in 0..=steps.len() {
            assert_eq!(paid(&steps, &[900], &[settled], &[claimed]), 1_900, "{settled} {claimed}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    /// B23: accruing in between changes nothing that follows.
    #[test]
    fn poking_a_line_makes_no_difference(
        rate in 0..100u64, vouched in 0..2_000u64, second in 0..2_000u64,
        pokes in prop::collection::vec(0..400i64, 0..5), top_up in 0..500u64,
    ) {
        let run = |pokes: &[i64]| {
            let mut line = Line { rate, ..line() };
            for (from, to, step) in [(100, 200, 0), (200, 300, 1), (300, 500, 2)] {
                for poke in pokes {
                    let at = 100 + poke;
                    if (from..to).contains(&at) && at >= line.accrued_at {
                        line.accrue(at);
                    }
                }
                line.accrue(to);
                match step {
                    0 => { line.vouch(vouched, to); }
                    1 => line.fund(top_up, to).unwrap(),
                    _ => { line.vouch(second, to); }
                }
            }
            line
        };
        prop_assert_eq!(run(&pokes), run(&[]));
    }

    /// ME-3: the order in which vouchers arrive does not matter.
    #[test]
    fn order_of_vouchers_makes_no_difference(mut totals in prop::collection::vec(any::<u64>(), 1..6), rate in 0..9u64) {
        let run = |totals: &[u64]| {
            let mut line = Line { rate, ..line() };
            let raised: u128 = totals.iter().map(|total| u128::from(line.vouch(*total, 150))).sum();
            (line, raised)
        };
        let forward = run(&totals);
        totals.reverse();
        prop_assert_eq!(forward, run(&totals));
        prop_assert_eq!(forward.1, u128::from(forward.0.vouched));
    }
    /// W14: what a line pays does not depend on when or how often anybody settles or claims, with
    /// top-ups and changes of rate in between.
    #[test]
    fn w14_no_order_of_settling_and_claiming_changes_the_total(
        steps in prop::collection::vec(happens(), 1..12),
        vouchers in prop::collection::vec(prop_oneof![0..6_000u64, any::<u64>()], 0..5),
        settled in prop::collection::vec(any::<prop::sample::Index>(), 10),
        claimed in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let when = |indices: &[prop::sample::Index]| -> Vec<usize> {
            indices.iter().map(|index| index.index(steps.len() + 1)).collect()
        };
        let expected = counted(&steps, &vouchers);
        let (one, other) = settled.split_at(5);
        prop_assert_eq!(paid(&steps, &vouchers, &when(one), &when(&claimed)), expected);
        prop_assert_eq!(paid(&steps, &vouchers, &when(other), &[]), expected);
    }
}

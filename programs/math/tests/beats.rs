//! Heartbeats against counting node by node, seat by seat and slot by slot.

#![allow(clippy::unwrap_used)]

use std::collections::HashSet;

use pinfi_math::beats::{
    counters::{self, Ring, DAYS, KEPT, MONTHS},
    seats::{draw, Candidate},
    time::{slot_at, stage, Stage},
    uptime,
    verdict::{distance, majority, Bitmap, NODES, SEATS, WORDS},
};
use proptest::prelude::*;

fn word() -> impl Strategy<Value = u64> {
    prop_oneof![any::<u64>(), Just(0), Just(u64::MAX), (0..64u32).prop_map(|bit| 1u64 << bit)]
}

/// A bitmap of which most words are like `like`, as reports of one page are.
fn bitmap_near(like: u64) -> impl Strategy<Value = Bitmap> {
    prop::collection::vec(prop_oneof![3 => Just(like), 2 => word()], WORDS)
        .prop_map(|words| words.try_into().unwrap())
}

fn bitmaps<const N: usize>() -> impl Strategy<Value = [Bitmap; N]> {
    word().prop_flat_map(|like| {
        prop::collection::vec(bitmap_near(like), N).prop_map(|maps| maps.try_into().unwrap())
    })
}

fn is_down(map: &Bitmap, node: usize) -> bool {
    map[node / 64] >> (node % 64) & 1 == 1
}

fn verdict_on(reports: &[Bitmap; SEATS]) -> Bitmap {
    core::array::from_fn(|word| majority(reports.map(|report| report[word])))
}

struct Seat {
    operator: [u8; 32],
    up_to: u64,
}

impl Candidate for Seat {
    fn operator(&self) -> &[u8; 32] {
        &self.operator
    }
    fn stake_up_to(&self) -> u64 {
        self.up_to
    }
}

/// Candidates of (operator, stake).
fn roster(of: &[(u8, u64)]) -> Vec<Seat> {
    let mut up_to = 0;
    of.iter()
        .map(|(operator, stake)| {
            up_to += stake;
            Seat { operator: [*operator; 32], up_to }
        })
        .collect()
}

fn numbers(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed;
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// The rule of the draw without running sums: one stake after the other is taken off the point.
fn draw_plainly(of: &[(u8, u64)], mut random: impl FnMut() -> u64) -> Vec<u8> {
    let total: u128 = of.iter().map(|(_, stake)| u128::from(*stake)).sum();
    let (mut seats, mut taken) = (Vec::new(), HashSet::new());
    for _ in 0..64 {
        if seats.len() == SEATS {
            break;
        }
        let mut point = (u128::from(random()) * total) >> 64;
        for (position, (operator, stake)) in of.iter().enumerate() {
            if point < u128::from(*stake) {
                if taken.insert(*operator) {
                    seats.push(u8::try_from(position).unwrap());
                }
                break;
            }
            point -= u128::from(*stake);
        }
    }
    for (position, (operator, stake)) in of.iter().enumerate() {
        if seats.len() < SEATS && *stake > 0 && taken.insert(*operator) {
            seats.push(u8::try_from(position).unwrap());
        }
    }
    seats
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_verdict_is_what_four_of_seven_say(reports in bitmaps::<SEATS>()) {
        let verdict = verdict_on(&reports);
        for node in 0..NODES {
            let down = reports.iter().filter(|report| is_down(report, node)).count();
            prop_assert_eq!(is_down(&verdict, node), down >= 4, "node {}: {} say down", node, down);
        }
    }

    /// Whatever three who collude report, or whether they do: what four honest ones agree on stands.
    #[test]
    fn three_of_seven_change_nothing(honest in word(), bad in prop::array::uniform3(word()), at in 0..7usize) {
        let mut rows = [bad[0], bad[1], bad[2], honest, honest, honest, honest];
        rows.rotate_right(at);
        prop_assert_eq!(majority(rows), honest);
    }

    #[test]
    fn distance_counts_the_nodes_that_differ([a, b] in bitmaps::<2>()) {
        let differing = (0..NODES).filter(|node| is_down(&a, *node) != is_down(&b, *node)).count();
        prop_assert_eq!(usize::try_from(distance(&a, &b)).unwrap(), differing);
        prop_assert_eq!(distance(&a, &a), 0);
    }

    /// What reporters are paid for is counted by two distances alone.
    #[test]
    fn news_is_changed_less_wrong([report, verdict, previous] in bitmaps::<3>()) {
        let (mut right, mut alarms) = (0i64, 0i64);
        for node in 0..NODES {
            let changed = is_down(&verdict, node) != is_down(&previous, node);
            let wrong = is_down(&report, node) != is_down(&verdict, node);
            right += i64::from(changed && !wrong);
            alarms += i64::from(wrong && !changed);
        }
        let (changed, wrong) = (distance(&verdict, &previous), distance(&report, &verdict));
        prop_assert_eq!(i64::from(changed) - i64::from(wrong), right - alarms);
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_slot_passes_each_stage_once(now in prop_oneof![any::<i64>(), 0..4_000_000_000i64], ago in 0..6u64) {
        let running = slot_at(now);
        prop_assert_eq!(i128::from(running), (i128::from(now) / 300).max(0));
        let slot = running.saturating_sub(ago);
        let expected = match running - slot {
            0 => Stage::Ahead,
            1 => Stage::Filing,
            2 => Stage::Opening,
            _ => Stage::Due,
        };
        prop_assert_eq!(stage(slot, running), expected);
        prop_assert_eq!(stage(running + ago, running), Stage::Ahead);
    }

    /// Closed one by one or many at once, the counters that stand at the end were cleared for their
    /// period and not after.
    #[test]
    fn periods_begin_once(
        start in 0..100_000u64, steps in prop::collection::vec(0..700u64, 1..12),
        length in 1..400u64, kept in 1..4u64,
    ) {
        let ring = Ring { length, kept };
        let place = |period: u64| usize::try_from(period % kept).unwrap();
        let clear = |in_place: &mut Vec<u64>, before, after| {
            for period in ring.begun(before, after) {
                in_place[place(period)] = period;
            }
        };
        let first = start / length;
        let mut one_by_one = vec![0; usize::try_from(kept).unwrap()];
        for back in (0..kept.min(first + 1)).rev() {
            one_by_one[place(first - back)] = first - back;
        }
        let (mut in_steps, mut next) = (one_by_one.clone(), start);
        for step in steps {
            for slot in next..next + step {
                clear(&mut one_by_one, slot, slot + 1);
            }
            let begun = ring.begun(next, next + step);
            prop_assert!(begun.clone().count() <= usize::try_from(kept).unwrap());
            prop_assert!(begun.into_iter().all(|period| period > next / length), "cleared again");
            clear(&mut in_steps, next, next + step);
            next += step;
            prop_assert_eq!(&in_steps, &one_by_one);
            prop_assert_eq!(in_steps[place(ring.period(next))], next / length);
        }
    }

    #[test]
    fn a_new_node_has_missed_what_passed(period in 0..50u64, running in 0..600_000u64, months in any::<bool>()) {
        let ring = if months { MONTHS } else { DAYS };
        let passed = (period * ring.length..(period + 1) * ring.length).filter(|slot| *slot <= running);
        prop_assert_eq!(ring.absent(period, running), u64::try_from(passed.count()).unwrap());
    }

    /// A window that is begun and ended in time excuses its misses; late at either end, no more.
    #[test]
    fn a_window_excuses_its_misses_and_no_more(
        misses in prop::collection::vec(prop::bool::weighted(0.8), 160), start in 0..60u64, length in 1..60u64,
        begun in 0..60u64, ended in 0..60u64,
    ) {
        let end = start + length;
        let before = |slot: u64| {
            let upto = usize::try_from(slot).unwrap();
            u32::try_from(misses[..upto].iter().filter(|missed| **missed).count()).unwrap()
        };
        let from = counters::known_from(start, (start + begun).min(end));
        let next = (end + ended).min(160);
        let to = counters::known_from(end, next);
        prop_assert!(next - to <= KEPT && to >= end);
        let unknown = u32::try_from(to - end).unwrap();
        let excused = counters::excused(before(from), before(to), unknown);
        let (right, all) = (before(end) - before(from).min(before(end)), before(end) - before(start));
        prop_assert!(excused <= right.min(24) && right <= all);
        if begun <= KEPT && ended <= KEPT {
            prop_assert_eq!(excused, all.min(24));
        }
    }

    #[test]
    fn uptime_is_the_average_rounded_down(uptime in any::<u16>(), judged in any::<u16>(), missed in any::<u16>()) {
        let up = if missed > judged { 0 } else { u128::from(judged - missed) };
        let month = if judged == 0 { 0 } else { up * 65_535 / u128::from(judged) };
        let expected = (3 * u128::from(uptime) + month) / 4;
        prop_assert_eq!(u128::from(uptime::fold_down(uptime, judged, missed)), expected);
    }

    #[test]
    fn seats_are_drawn_by_the_plain_rule(
        of in prop::collection::vec((0..20u8, prop_oneof![0..3u64, 0..1u64 << 50]), 0..40), seed in any::<u64>(),
    ) {
        let (mut ours, mut plain) = (numbers(seed), numbers(seed));
        let seats = draw(&roster(&of), &mut ours);
        let drawn: Vec<u8> = seats.iter().flatten().copied().collect();
        prop_assert_eq!(&drawn, &draw_plainly(&of, &mut plain));
        prop_assert_eq!(ours(), plain(), "as many numbers taken");
        prop_assert!(seats[drawn.len()..].iter().all(Option::is_none));
        let operators: HashSet<u8> = drawn.iter().map(|seat| of[usize::from(*seat)].0).collect();
        prop_assert_eq!(operators.len(), drawn.len());
        let staked: HashSet<u8> = of.iter().filter(|(_, stake)| *stake > 0).map(|(operator, _)| *operator).collect();
        prop_assert_eq!(drawn.len(), staked.len().min(SEATS));
    }
}

#[test]
fn a_seat_is_drawn_in_proportion_to_stake() {
    let of: Vec<(u8, u64)> =
        (0..128).map(|operator| (operator, if operator < 64 { 3 } else { 1 })).collect();
    let roster = roster(&of);
    let mut random = numbers(1);
    let mut first = [0u32; 2];
    for _ in 0..40_000 {
        let seat = draw(&roster, &mut random)[0].unwrap();
        first[usize::from(of[usize::from(seat)].1 == 1)] += 1;
    }
    // A quarter of the stake, of 40,000: 10,000, whose standard deviation is 87.
    assert!(first[1].abs_diff(10_000) < 400, "{first:?}");
}

#[test]
fn the_ends_of_a_month_that_counts() {
    assert!(uptime::counts(7_776) && !uptime::counts(7_775));
    for missed in 0..=8_640 {
        let is_within = u64::from(missed) * 1_000 <= 8_640;
        assert_eq!(uptime::is_eligible(missed), is_within, "{missed} missed");
    }
    assert_eq!((MONTHS.length, MONTHS.kept, DAYS.length, DAYS.kept), (8_640, 2, 288, 3));
}

#[test]
fn perfect_months_lead_to_nearly_all_and_dead_ones_to_nothing() {
    let after = |from, missed, months| {
        (0..months).fold(from, |uptime, _| uptime::fold_down(uptime, 8_640, missed))
    };
    assert_eq!(after(0, 0, 1), 16_383);
    assert_eq!(after(0, 0, 100), uptime::FULL - 3);
    assert_eq!(after(uptime::FULL, 0, 100), uptime::FULL);
    assert_eq!(after(uptime::FULL, 8_640, 100), 0);
}

//! The authority kit: hand-over by consent, limits, and a pause that ends by itself.

use anchor_lang::prelude::*;
use pinfi_common::governance::{Handover, Limits, Pause, PauseFault};
use proptest::prelude::*;

const LONGEST: i64 = Pause::MAX_SECONDS;
/// Unix seconds.
const NOW: i64 = 1_800_000_000;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Config {
    authority: Pubkey,
    nominated: Pubkey,
}

impl Handover for Config {
    fn authority_and_nominee(&mut self) -> (&mut Pubkey, &mut Pubkey) {
        (&mut self.authority, &mut self.nominated)
    }
}

const NOBODY: Pubkey = Pubkey::new_from_array([0; 32]);
const FIRST: Pubkey = Pubkey::new_from_array([1; 32]);
const NEXT: Pubkey = Pubkey::new_from_array([2; 32]);
const STRANGER: Pubkey = Pubkey::new_from_array([3; 32]);

fn config(authority: Pubkey, nominated: Pubkey) -> Config {
    Config { authority, nominated }
}

#[test]
fn the_nominee_alone_takes_over_and_once() {
    let mut it = config(FIRST, NOBODY);
    it.nominate(NEXT);
    assert_eq!(it, config(FIRST, NEXT));
    for signer in [STRANGER, FIRST, NOBODY] {
        assert!(!it.accept(signer));
        assert_eq!(it, config(FIRST, NEXT));
    }
    assert!(it.accept(NEXT));
    assert_eq!(it, config(NEXT, NOBODY));
    assert!(!it.accept(NEXT));
    assert_eq!(it, config(NEXT, NOBODY));
}

#[test]
fn a_nomination_is_replaced_or_taken_back() {
    let mut it = config(FIRST, NEXT);
    it.nominate(STRANGER);
    assert!(!it.accept(NEXT));
    it.nominate(NOBODY);
    for signer in [STRANGER, NOBODY] {
        assert!(!it.accept(signer));
        assert_eq!(it, config(FIRST, NOBODY));
    }
}

#[test]
fn limits_include_both_ends() {
    let limits = Limits::new(10, 20);
    for (value, allowed) in [(0u8, false), (9, false), (10, true), (20, true), (21, false)] {
        assert_eq!(limits.allow(u64::from(value)), allowed, "{value}");
    }
    assert!(Limits::new(7, 7).allow(7u64));
    assert!(!Limits::new(0, 7).allow(u64::MAX));
}

#[test]
#[should_panic(expected = "floor <= ceiling")]
fn a_floor_above_the_ceiling_is_no_limit() {
    Limits::new(8, 7);
}

/// The last pause: from and until, counted from `NOW`; `NEVER` if there was none.
type Span = (i64, i64);
const NEVER: Span = (-NOW, -NOW);

fn pause((from, until): Span) -> Pause {
    Pause { from: NOW + from, until: NOW + until }
}

#[test]
fn runs_from_the_end_of_a_pause_on() {
    for (last, runs) in [
        (NEVER, true),
        ((-10, -1), true),
        ((-10, 0), true),
        ((-10, 1), false),
        ((0, 1), false),
        ((-10, LONGEST - 10), false),
    ] {
        let expected = if runs { Ok(()) } else { Err(PauseFault::Paused) };
        assert_eq!(pause(last).require_running(NOW), expected, "{last:?}");
    }
    assert_eq!(Pause::default(), pause(NEVER));
}

#[test]
fn pauses_within_its_bounds_and_after_a_rest() {
    use PauseFault::{OutOfRange, TooSoon};
    for (last, until, expected) in [
        // The first one.
        (NEVER, 1, Ok((0, 1))),
        (NEVER, LONGEST, Ok((0, LONGEST))),
        (NEVER, LONGEST + 1, Err(OutOfRange)),
        (NEVER, i64::MAX - NOW, Err(OutOfRange)),
        (NEVER, 0, Err(OutOfRange)),
        (NEVER, -1, Err(OutOfRange)),
        (NEVER, i64::MIN, Err(OutOfRange)),
        // One that runs: its end moves, its beginning stays.
        ((-10, 5), 100, Ok((-10, 100))),
        ((-10, 5), 1, Ok((-10, 1))),
        ((-10, 5), 0, Err(OutOfRange)),
        ((-10, 5), LONGEST - 10, Ok((-10, LONGEST - 10))),
        ((-10, 5), LONGEST - 9, Err(OutOfRange)),
        ((0, 5), 100, Ok((0, 100))),
        // One that has ended: ten seconds of it want forty of rest.
        ((-10, 0), 1, Err(TooSoon)),
        ((-49, -39), 1, Err(TooSoon)),
        ((-50, -40), 1, Ok((0, 1))),
        ((-50, -40), LONGEST + 1, Err(OutOfRange)),
        ((-5 * LONGEST + 1, -4 * LONGEST + 1), 1, Err(TooSoon)),
        ((-5 * LONGEST, -4 * LONGEST), LONGEST, Ok((0, LONGEST))),
        // One that was ended in the second it began in counts for a second.
        ((0, 0), LONGEST, Err(TooSoon)),
        ((-3, -3), LONGEST, Err(TooSoon)),
        ((-4, -4), LONGEST, Ok((0, LONGEST))),
    ] {
        let mut it = pause(last);
        let until = if until == i64::MIN { until } else { NOW + until };
        let result = it.pause(until, NOW);
        assert_eq!(result, expected.map(|_| ()), "{last:?} {until}");
        assert_eq!(it, pause(expected.unwrap_or(last)), "{last:?} {until}");
    }
}

#[test]
fn ends_at_once() {
    for (last, expected) in [
        ((-10, 5), Ok((-10, 0))),
        ((0, 5), Ok((0, 0))),
        ((-10, 0), Err(PauseFault::NotPaused)),
        (NEVER, Err(PauseFault::NotPaused)),
    ] {
        let mut it = pause(last);
        assert_eq!(it.resume(NOW), expected.map(|_| ()), "{last:?}");
        assert_eq!(it, pause(expected.unwrap_or(last)), "{last:?}");
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Pause(i64),
    Resume,
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (-10..=LONGEST + 10).prop_map(Step::Pause),
        Just(Step::Resume),
        (0..=LONGEST).prop_map(Step::Wait),
    ]
}

proptest! {
    /// Whatever the authority does, entries are open for a fifth of every pause and its rest, and no
    /// pause is longer than the longest.
    #[test]
    fn nobody_keeps_a_program_shut(steps in proptest::collection::vec(step(), 1..200)) {
        let mut it = Pause::default();
        let (mut now, mut shut) = (NOW, 0);
        for step in steps {
            match step {
                Step::Pause(seconds) => drop(it.pause(now + seconds, now)),
                Step::Resume => drop(it.resume(now)),
                Step::Wait(seconds) => {
                    shut += (it.until.min(now + seconds) - now).max(0);
                    now += seconds;
                }
            }
            prop_assert!(it.until - it.from <= LONGEST);
            prop_assert!(shut <= (now - NOW) / (1 + Pause::REST) + LONGEST);
        }
    }
}

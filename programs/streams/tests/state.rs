//! Rules of lines and books by themselves. What needs accounts, signatures or tokens is tested in
//! the simulators.

#![allow(clippy::unwrap_used)]

use anchor_lang::prelude::*;
use bytemuck::Zeroable;
use proptest::prelude::*;
use streams::{
    errors::StreamsError,
    state::{Book, Line, VoucherSigner},
};

const PAYER: Pubkey = Pubkey::new_from_array([1; 32]);
const CONTROLLER: Pubkey = Pubkey::new_from_array([2; 32]);
const PAYEE: Pubkey = Pubkey::new_from_array([3; 32]);
const STRANGER: Pubkey = Pubkey::new_from_array([4; 32]);

fn line() -> Line {
    Line { payee: PAYEE, deposit: 1_000, accrued_at: 100, ..Line::zeroed() }
}

fn refused<T: std::fmt::Debug>(result: Result<T>, error: StreamsError) {
    assert_eq!(result.unwrap_err(), Error::from(error));
}

/// A41: who may change a line's rate and close it, all cases.
#[test]
fn line_authority_truth_table() {
    for controller in [CONTROLLER, Pubkey::default()] {
        let book = Book { payer: PAYER, controller, ..Book::zeroed() };
        for (flags, allowed) in [(0, PAYER), (Line::CONTROLLED, controller)] {
            let line = Line { flags, ..line() };
            for signer in [PAYER, CONTROLLER, PAYEE, STRANGER, Pubkey::default()] {
                let result = book.require_line_authority(&line, &signer);
                assert_eq!(result.is_ok(), signer == allowed, "{flags} {signer} {controller}");
            }
        }
    }
}

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

#[test]
fn the_cap_counts_what_vouchers_add() {
    let present = VoucherSigner::Present;
    let mut book = Book { voucher_cap: 100, ..Book::zeroed() };
    book.spend_cap(present, 60).unwrap();
    refused(book.spend_cap(present, 41), StreamsError::CapExceeded);
    book.spend_cap(present, 40).unwrap();
    refused(book.spend_cap(present, 1), StreamsError::CapExceeded);
    book.set_voucher_signer(STRANGER, i64::MAX, u64::MAX, 100).unwrap();
    book.spend_cap(present, u64::MAX).unwrap();
    assert_eq!(book.voucher_spent, 0);
}

/// D16: a change of signer takes nothing from who holds a voucher of the key before.
#[test]
fn a_former_signer_stays_good_for_the_grace_period() {
    let signed_for = Book {
        voucher_signer: PAYER,
        voucher_expires_at: i64::MAX,
        voucher_cap: 100,
        voucher_spent: 60,
        grace_seconds: 900,
        next_line: 1,
        ..Book::zeroed()
    };
    let mut book = signed_for;
    book.set_voucher_signer(STRANGER, 5_000, 7, 1_000).unwrap();
    assert_eq!(book.voucher_key(VoucherSigner::Former), (PAYER, 1_900));
    assert_eq!(book.voucher_key(VoucherSigner::Present), (STRANGER, 5_000));
    refused(book.spend_cap(VoucherSigner::Former, 41), StreamsError::CapExceeded);
    book.spend_cap(VoucherSigner::Former, 40).unwrap();
    book.spend_cap(VoucherSigner::Present, 7).unwrap();

    refused(book.set_voucher_signer(PAYEE, 9_000, 1, 1_899), StreamsError::SignerChanging);
    book.set_voucher_signer(PAYEE, 9_000, 1, 1_900).unwrap();
    assert_eq!(book.voucher_key(VoucherSigner::Former), (STRANGER, 2_800));

    // The present key again: more, never less, and what it has spent stays spent.
    let mut same = signed_for;
    refused(same.set_voucher_signer(PAYER, 5_000, 100, 1_000), StreamsError::SignerTightened);
    refused(same.set_voucher_signer(PAYER, i64::MAX, 99, 1_000), StreamsError::SignerTightened);
    same.set_voucher_signer(PAYER, i64::MAX, 150, 1_000).unwrap();
    assert_eq!((same.voucher_cap, same.voucher_spent, same.former_expires_at), (150, 60, 0));

    // No longer than the key was good for; and nothing to keep before the first line.
    let mut ends_sooner = Book { voucher_expires_at: 1_200, ..signed_for };
    ends_sooner.set_voucher_signer(STRANGER, 5_000, 7, 1_000).unwrap();
    assert_eq!(ends_sooner.voucher_key(VoucherSigner::Former), (PAYER, 1_200));
    let mut unused = Book { next_line: 0, ..signed_for };
    unused.set_voucher_signer(STRANGER, 5_000, 7, 1_000).unwrap();
    assert_eq!(unused.voucher_key(VoucherSigner::Former), (Pubkey::default(), 0));
}

#[test]
fn a_book_gives_no_more_than_is_free() {
    let mut book = Book::zeroed();
    book.deposit(100).unwrap();
    refused(book.refund(0), StreamsError::ZeroAmount);
    refused(book.refund(101), StreamsError::ExceedsFree);
    refused(book.commit(101), StreamsError::ExceedsFree);
    book.commit(70).unwrap();
    refused(book.refund(31), StreamsError::ExceedsFree);
    book.fee_bps = 100;
    let mut line = Line { deposit: 70, vouched: 50, ..line() };
    assert_eq!(book.claim(&mut line, 100).unwrap(), (50, 1));
    book.release(20).unwrap();
    book.refund(50).unwrap();
    assert_eq!((book.free, book.committed, book.claimed), (0, 0, 50));
    assert_eq!(book.collect_fees().unwrap(), 1);
    refused(book.collect_fees(), StreamsError::NothingToCollect);
    refused(
        Book { deposited: u64::MAX, refunded: u64::MAX, ..Book::zeroed() }.deposit(1),
        StreamsError::MathOverflow,
    );
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
    (u128::from(accrued) + u128::from(vouched)).min(u128::from(deposit)) as u64
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

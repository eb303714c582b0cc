//! Rules of books by themselves: who may do what, caps, money, and when a book is over.

#![allow(clippy::unwrap_used)]

mod support;

use anchor_lang::prelude::*;
use bytemuck::Zeroable;
use streams::{
    errors::StreamsError,
    instructions::SetVoucherSignerArgs,
    state::{Book, Escrow, FeeParts, Line, Outlets, VoucherSigner},
};
use support::{line, refused, PAYEE};

const PAYER: Pubkey = Pubkey::new_from_array([1; 32]);
const CONTROLLER: Pubkey = Pubkey::new_from_array([2; 32]);
const STRANGER: Pubkey = Pubkey::new_from_array([4; 32]);

fn terms(signer: Pubkey, expires_at: i64, cap: u64) -> SetVoucherSignerArgs {
    SetVoucherSignerArgs { signer, expires_at, cap }
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
fn the_cap_counts_what_vouchers_add() {
    let present = VoucherSigner::Present;
    let mut book = Book { voucher_cap: 100, ..Book::zeroed() };
    book.spend_cap(present, 60).unwrap();
    refused(book.spend_cap(present, 41), StreamsError::CapExceeded);
    book.spend_cap(present, 40).unwrap();
    refused(book.spend_cap(present, 1), StreamsError::CapExceeded);
    book.set_voucher_signer(terms(STRANGER, i64::MAX, u64::MAX), 100).unwrap();
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
    book.set_voucher_signer(terms(STRANGER, 5_000, 7), 1_000).unwrap();
    assert_eq!(book.voucher_key(VoucherSigner::Former), (PAYER, 1_900));
    assert_eq!(book.voucher_key(VoucherSigner::Present), (STRANGER, 5_000));
    refused(book.spend_cap(VoucherSigner::Former, 41), StreamsError::CapExceeded);
    book.spend_cap(VoucherSigner::Former, 40).unwrap();
    book.spend_cap(VoucherSigner::Present, 7).unwrap();

    refused(book.set_voucher_signer(terms(PAYEE, 9_000, 1), 1_899), StreamsError::SignerChanging);
    book.set_voucher_signer(terms(PAYEE, 9_000, 1), 1_900).unwrap();
    assert_eq!(book.voucher_key(VoucherSigner::Former), (STRANGER, 2_800));

    // The present key again: more, never less, and what it has spent stays spent.
    let mut same = signed_for;
    refused(
        same.set_voucher_signer(terms(PAYER, 5_000, 100), 1_000),
        StreamsError::SignerTightened,
    );
    refused(
        same.set_voucher_signer(terms(PAYER, i64::MAX, 99), 1_000),
        StreamsError::SignerTightened,
    );
    same.set_voucher_signer(terms(PAYER, i64::MAX, 150), 1_000).unwrap();
    assert_eq!((same.voucher_cap, same.voucher_spent, same.former_expires_at), (150, 60, 0));

    // No longer than the key was good for; and nothing to keep before the first line.
    let mut ends_sooner = Book { voucher_expires_at: 1_200, ..signed_for };
    ends_sooner.set_voucher_signer(terms(STRANGER, 5_000, 7), 1_000).unwrap();
    assert_eq!(ends_sooner.voucher_key(VoucherSigner::Former), (PAYER, 1_200));
    let mut unused = Book { next_line: 0, ..signed_for };
    unused.set_voucher_signer(terms(STRANGER, 5_000, 7), 1_000).unwrap();
    assert_eq!(unused.voucher_key(VoucherSigner::Former), (Pubkey::default(), 0));
}

#[test]
fn a_book_gives_no_more_than_is_free() {
    let mut book = Book::zeroed();
    book.deposit(100).unwrap();
    refused(book.refund(0, 0), StreamsError::ZeroAmount);
    refused(book.refund(101, 0), StreamsError::ExceedsFree);
    refused(book.commit(101), StreamsError::ExceedsFree);
    book.commit(70).unwrap();
    refused(book.refund(31, 0), StreamsError::ExceedsFree);
    book.fee_bps = 100;
    let mut line = Line { deposit: 70, vouched: 50, ..line() };
    assert_eq!(book.claim(&mut line, 100).unwrap(), (50, 1));
    book.release(20).unwrap();
    book.refund(50, 77).unwrap();
    assert_eq!((book.free, book.committed, book.claimed, book.last_taken_at), (0, 0, 50, 77));
    assert_eq!(book.collect_fees().unwrap(), 1);
    refused(book.collect_fees(), StreamsError::NothingToCollect);
    refused(
        Book { deposited: u64::MAX, refunded: u64::MAX, ..Book::zeroed() }.deposit(1),
        StreamsError::MathOverflow,
    );
}

/// W15b: when anybody may clear a book away, all cases.
#[test]
fn w15b_reaping_truth_table() {
    const DAY: i64 = 86_400;
    for next_line in [0, 1] {
        for line_count in [0, 1] {
            for free in [0, 1] {
                for (since, waited) in [(0, false), (DAY - 1, false), (DAY, true), (i64::MAX, true)]
                {
                    let book =
                        Book { next_line, line_count, free, last_taken_at: 100, ..Book::zeroed() };
                    let result = book.require_spent(100i64.saturating_add(since));
                    let empty = next_line > 0 && line_count == 0 && free == 0;
                    match (empty, waited) {
                        (true, true) => result.unwrap(),
                        (true, false) => refused(result, StreamsError::BookJustEmptied),
                        (false, _) => refused(result, StreamsError::BookNotSpent),
                    }
                }
            }
        }
    }
    let mut book = Book { next_line: 1, line_count: 1, ..Book::zeroed() };
    book.drop_line(500);
    refused(book.require_spent(500 + DAY - 1), StreamsError::BookJustEmptied);
    book.require_spent(500 + DAY).unwrap();
}

/// W15c: where fees go, all cases. 10 are due, of which 4 are to be burned.
#[test]
fn w15c_fees_truth_table() {
    use Escrow::{Frozen, Missing, Open};
    let parts = |burned, to_treasury, to_escrow| Some(FeeParts { burned, to_treasury, to_escrow });
    for last in [false, true] {
        for treasury in [false, true] {
            for escrow in [Open, Frozen, Missing] {
                let burnable = Outlets { burnable: true, treasury, escrow, last };
                let native = Outlets { burnable: false, ..burnable };
                let (some, all) = match (treasury, escrow) {
                    (true, _) => (parts(4, 6, 0), parts(0, 10, 0)),
                    (_, Open) => (parts(4, 0, 6), parts(0, 0, 10)),
                    (_, Frozen) if last => (parts(10, 0, 0), None),
                    _ => (None, None),
                };
                assert_eq!(burnable.divide(10, 4), some, "{burnable:?}");
                assert_eq!(native.divide(10, 4), all, "{native:?}");
                // With all of it to be burned nothing else is needed.
                assert_eq!(burnable.divide(10, 10), parts(10, 0, 0), "{burnable:?}");
            }
        }
    }
}

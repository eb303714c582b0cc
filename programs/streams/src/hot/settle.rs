//! `settle`, where compute units are the product. `instructions/settle.rs` says what it means.
//!
//! Everything is checked before anything is written. What fails a check is not refused here but
//! passed on unchanged to the plain form, which finds the same fault and names it; so the only
//! errors born here are those that can show up after the first write.

use core::slice;

use anchor_lang::{solana_program::entrypoint::SUCCESS, Discriminator};
use pinfi_common::{
    ed25519,
    hot::{
        clock::LazyClock,
        input::{discriminator, key_as_u64s, read, same_key, Reader},
    },
};

use super::book::BookAccount;
use crate::{errors::StreamsError, instruction, instructions::Settle, state::Line, ID};

const SETTLE: u64 = discriminator(instruction::Settle::DISCRIMINATOR);
pub const ACCOUNTS: u64 = 2;
const SYSVAR: [u64; 4] = key_as_u64s(&Settle::INSTRUCTIONS);

/// Discriminator, domain, tag.
const TAG_AT: usize = Settle::MESSAGE_AT as usize + Settle::DOMAIN_LEN;
const DENSE: u8 = 0;
const SPARSE: u8 = 1;
/// Where the first target of either form lies: behind tag, first line (dense only) and count.
const DENSE_AT: usize = TAG_AT + 1 + 2 + 4;
const SPARSE_AT: usize = TAG_AT + 1 + 4;
const DENSE_SIZE: usize = 8;
const SPARSE_SIZE: usize = 10;
/// The two bytes that say where the signature is.
const PROOF: usize = 2;

/// Settles, or returns `None` with nothing changed.
///
/// # Safety
/// `input` is the runtime's, and brings as many accounts as this has.
#[inline(always)]
pub unsafe fn settle(input: *mut u8) -> Option<u64> {
    // SAFETY of all below: reads stay within what the checks before them have established of the
    // runtime's layout; SBF allows unaligned loads.
    unsafe {
        let mut reader = Reader::of(input);
        let (account, sysvar) = (reader.account()?, reader.account()?);
        let data = reader.data();

        // This instruction, on a book of this program.
        if data.len < SPARSE_AT + SPARSE_SIZE + PROOF
            || !data.begins_with(SETTLE)
            || !same_key(&sysvar.key, &SYSVAR)
        {
            return None;
        }
        let BookAccount { book, lines, known } = BookAccount::of(account)?;

        // A well-formed voucher for this life of this book.
        if !same_key(&read(data.at.add(8)), &read(book.voucher_domain.as_ptr())) {
            return None;
        }
        let tag = *data.at.add(TAG_AT);
        let (count, targets_at, size) = match tag {
            DENSE => (read::<u32>(data.at.add(TAG_AT + 3)) as usize, DENSE_AT, DENSE_SIZE),
            SPARSE => (read::<u32>(data.at.add(TAG_AT + 1)) as usize, SPARSE_AT, SPARSE_SIZE),
            _ => return None,
        };
        let message_end = targets_at + count * size;
        if count == 0 || message_end + PROOF != data.len {
            return None;
        }

        // Signed by the key that may.
        let mut clock = LazyClock::default();
        if book.voucher_expires_at != i64::MAX && book.voucher_expires_at <= clock.now() {
            return None;
        }
        let claim = ed25519::Claim {
            program_id: ID.as_array(),
            instruction: *data.at.add(message_end),
            entry: *data.at.add(message_end + 1),
            signer: book.voucher_signer.as_array(),
            message_offset: Settle::MESSAGE_AT,
            message_len: u16::try_from(message_end - Settle::MESSAGE_AT as usize).ok()?,
        };
        ed25519::verify(slice::from_raw_parts(sysvar.data(), sysvar.len as usize), &claim).ok()?;

        let start = match tag {
            DENSE => read::<u16>(data.at.add(TAG_AT + 1)) as usize,
            _ => 0,
        };
        if tag == DENSE && start + count > known {
            return None;
        }
        let targets = Targets { next: data.at.add(targets_at), end: data.at.add(message_end) };
        let capped = book.voucher_cap != u64::MAX;
        let raised = match (tag, capped) {
            (DENSE, false) => dense::<false>(lines.add(start), targets, &mut clock),
            (DENSE, true) => dense::<true>(lines.add(start), targets, &mut clock),
            _ => match sparse(lines, known, targets, &mut clock) {
                Some(raised) => raised,
                None => return Some(error(StreamsError::LineOutOfRange)),
            },
        };
        if capped {
            if raised > book.voucher_cap.saturating_sub(book.voucher_spent) {
                return Some(error(StreamsError::CapExceeded));
            }
            book.voucher_spent += raised;
        }
        Some(SUCCESS)
    }
}

/// The targets of a voucher, as sent.
struct Targets {
    next: *const u8,
    end: *const u8,
}

/// Raises `line` and those after it, one for each total; returns the sum of the raises, which is
/// of no interest and zero where the signer is not `CAPPED`.
///
/// A function of its own, so that its loop stays in registers: this is what a settled payment
/// costs.
///
/// # Safety
/// There are as many lines as totals.
#[inline(never)]
unsafe fn dense<const CAPPED: bool>(
    mut line: *mut Line,
    targets: Targets,
    clock: &mut LazyClock,
) -> u64 {
    let Targets { mut next, end } = targets;
    let mut raised = 0u64;
    unsafe {
        while next < end {
            let (state, cumulative) = (&mut *line, read(next));
            if !is_plain(state) {
                raised = raised.saturating_add(vouch(state, cumulative, clock));
            } else if !CAPPED {
                state.vouched = state.vouched.max(cumulative);
            } else if cumulative > state.vouched {
                raised = raised.saturating_add(cumulative - state.vouched);
                state.vouched = cumulative;
            }
            next = next.add(DENSE_SIZE);
            line = line.add(1);
        }
    }
    raised
}

/// Raises the lines named; returns the sum of the raises, or `None` at the first that is not one
/// of the `known`.
///
/// # Safety
/// `lines` has `known` lines.
#[inline(never)]
unsafe fn sparse(
    lines: *mut Line,
    known: usize,
    targets: Targets,
    clock: &mut LazyClock,
) -> Option<u64> {
    let Targets { mut next, end } = targets;
    let mut raised = 0u64;
    unsafe {
        while next < end {
            let index = read::<u16>(next) as usize;
            if index >= known {
                return None;
            }
            let (state, cumulative) = (&mut *lines.add(index), read(next.add(2)));
            if !is_plain(state) {
                raised = raised.saturating_add(vouch(state, cumulative, clock));
            } else if cumulative > state.vouched {
                raised = raised.saturating_add(cumulative - state.vouched);
                state.vouched = cumulative;
            }
            next = next.add(SPARSE_SIZE);
        }
    }
    Some(raised)
}

/// Whether a line does not close: then `Line::vouch` is just taking the total.
#[inline(always)]
fn is_plain(line: &Line) -> bool {
    line.closing_at == 0
}

/// Apart from the loops, whose registers it would take.
#[cold]
#[inline(never)]
fn vouch(line: &mut Line, cumulative: u64, clock: &mut LazyClock) -> u64 {
    line.vouch(cumulative, clock.now())
}

/// The code under which Anchor reports `error`.
fn error(error: StreamsError) -> u64 {
    u64::from(u32::from(error))
}

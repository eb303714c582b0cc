//! `settle`, where compute units are the product. `instructions/settle.rs` says what it means.
//!
//! Everything is checked before anything is written. What fails a check is not refused here but
//! passed on unchanged to the plain form, which finds the same fault and names it; so the only
//! errors born here are those that can show up after the first write.

use core::slice;

use anchor_lang::{prelude::*, solana_program::entrypoint::SUCCESS, Discriminator};
use pinfi_common::ed25519;

use super::input::{words, Account};
use crate::{
    errors::StreamsError,
    instruction,
    instructions::Settle,
    state::{Book, Ledger, Line},
    ID,
};

const PROGRAM: [u64; 4] = words(ID.to_bytes());
const SYSVAR: [u64; 4] = words(Settle::INSTRUCTIONS.to_bytes());
const SETTLE: u64 = eight(instruction::Settle::DISCRIMINATOR);
const BOOK: u64 = eight(Book::DISCRIMINATOR);

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

const fn eight(bytes: &[u8]) -> u64 {
    u64::from_le_bytes([
        bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
    ])
}

/// Settles, or returns `None` with nothing changed.
///
/// # Safety
/// `input` is the runtime's.
#[inline(always)]
pub unsafe fn settle(input: *mut u8) -> Option<u64> {
    // SAFETY of all below: reads stay within what the checks before them have established of the
    // runtime's layout; SBF allows unaligned loads.
    unsafe {
        // Two accounts, each for the first time.
        if *(input as *const u64) != 2 {
            return None;
        }
        let account = &*(input.add(8) as *const Account);
        let account_len = account.len as usize;
        let sysvar = &*(account.end(account_len) as *const Account);
        if sysvar.position != Account::FIRST || sysvar.key != SYSVAR {
            return None;
        }
        let sysvar_len = sysvar.len as usize;
        let after = sysvar.end(sysvar_len);
        let data_len = *(after as *const u64) as usize;
        let data = after.add(8);

        // This instruction, on a book of this program.
        if data_len < SPARSE_AT + SPARSE_SIZE + PROOF
            || read::<u64>(data) != SETTLE
            || account.writable == 0
            || account.owner != PROGRAM
            || account_len < Ledger::HEADER
            || read::<u64>(account.data()) != BOOK
        {
            return None;
        }
        let book = &mut *(account.data().add(Book::DISCRIMINATOR.len()) as *mut Book);
        let lines = account.data().add(Ledger::HEADER) as *mut Line;
        let known = (book.next_line as usize).min(Ledger::capacity(account_len));

        // A well-formed voucher for this life of this book.
        if read::<[u64; 4]>(data.add(8)) != read::<[u64; 4]>(book.voucher_domain.as_ptr()) {
            return None;
        }
        let tag = *data.add(TAG_AT);
        let (count, targets_at, size) = match tag {
            DENSE => (read::<u32>(data.add(TAG_AT + 3)) as usize, DENSE_AT, DENSE_SIZE),
            SPARSE => (read::<u32>(data.add(TAG_AT + 1)) as usize, SPARSE_AT, SPARSE_SIZE),
            _ => return None,
        };
        let message_end = targets_at + count * size;
        if count == 0 || message_end + PROOF != data_len {
            return None;
        }

        // Signed by the key that may.
        let mut clock = LazyClock::default();
        if book.voucher_expires_at != i64::MAX && book.voucher_expires_at <= clock.now() {
            return None;
        }
        let claim = ed25519::Claim {
            program_id: ID.as_array(),
            instruction: *data.add(message_end),
            entry: *data.add(message_end + 1),
            signer: book.voucher_signer.as_array(),
            message_offset: Settle::MESSAGE_AT,
            message_len: u16::try_from(message_end - Settle::MESSAGE_AT as usize).ok()?,
        };
        ed25519::verify(slice::from_raw_parts(sysvar.data(), sysvar_len), &claim).ok()?;

        let mut raised = 0u64;
        let mut target = data.add(targets_at);
        let end = data.add(message_end);
        if tag == DENSE {
            let start = read::<u16>(data.add(TAG_AT + 1)) as usize;
            if start + count > known {
                return None;
            }
            let mut line = lines.add(start);
            while target < end {
                raised = raised.saturating_add(raise(&mut *line, read(target), &mut clock));
                target = target.add(DENSE_SIZE);
                line = line.add(1);
            }
        } else {
            while target < end {
                let index = read::<u16>(target) as usize;
                if index >= known {
                    return Some(error(StreamsError::LineOutOfRange));
                }
                let line = &mut *lines.add(index);
                raised = raised.saturating_add(raise(line, read(target.add(2)), &mut clock));
                target = target.add(SPARSE_SIZE);
            }
        }
        if raised > book.voucher_cap.saturating_sub(book.voucher_spent) {
            return Some(error(StreamsError::CapExceeded));
        }
        book.voucher_spent = book.voucher_spent.saturating_add(raised);
        Some(SUCCESS)
    }
}

/// `Line::vouch`, which only lines that accrue or close need; any other just takes the total.
#[inline(always)]
fn raise(line: &mut Line, cumulative: u64, clock: &mut LazyClock) -> u64 {
    if line.rate != 0 || line.closing_at != 0 {
        return line.vouch(cumulative, clock.now());
    }
    let raise = cumulative.saturating_sub(line.vouched);
    line.vouched = line.vouched.max(cumulative);
    raise
}

/// The cluster's time, read once and only if a line or the signer asks for it.
#[derive(Default)]
struct LazyClock(Option<i64>);

impl LazyClock {
    /// Unix seconds. A runtime without a clock aborts the transaction.
    fn now(&mut self) -> i64 {
        match self.0 {
            Some(now) => now,
            None => match Clock::get() {
                Ok(clock) => *self.0.insert(clock.unix_timestamp),
                Err(error) => panic!("no clock: {error}"),
            },
        }
    }
}

#[inline(always)]
unsafe fn read<T: Copy>(at: *const u8) -> T {
    // SAFETY: the caller stays within the input.
    unsafe { (at as *const T).read_unaligned() }
}

/// The code under which Anchor reports `error`.
fn error(error: StreamsError) -> u64 {
    u64::from(u32::from(error))
}

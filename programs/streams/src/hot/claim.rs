//! `claim`, which every payee pays for. `instructions/claim.rs` says what it means.
//!
//! As in `settle.rs`: what fails a check is passed on unchanged to the plain form.

use anchor_lang::{
    prelude::*, solana_program::entrypoint::SUCCESS, solana_program::log::sol_log_data,
    Discriminator,
};

use super::{
    book::BookAccount,
    clock::LazyClock,
    cpi::transfer_checked,
    input::{as_bytes, read, same, Account},
};
use crate::{
    events::Claimed,
    instruction,
    state::{Book, Line},
};

const CLAIM: [u8; 8] = {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(instruction::Claim::DISCRIMINATOR);
    bytes
};

/// A token account's mint, then its owner; the account is at least this long.
const TOKEN_ACCOUNT_LEN: u64 = 165;
const MINT_AT: usize = 0;
const OWNER_AT: usize = 32;

/// Claims, or returns `None` with nothing changed. Six accounts were counted.
///
/// # Safety
/// `input` is the runtime's.
#[inline(never)]
pub unsafe fn claim(input: *mut u8) -> Option<u64> {
    // SAFETY of all below: reads stay within what the checks before them have established of the
    // runtime's layout; SBF allows unaligned loads.
    unsafe {
        let (account, rest) = Account::first(input.add(8))?;
        let (authority, rest) = Account::first(rest)?;
        let (mint, rest) = Account::first(rest)?;
        let (vault, rest) = Account::first(rest)?;
        let (destination, rest) = Account::first(rest)?;
        let (token_program, rest) = Account::first(rest)?;

        // This instruction, on a book of this program.
        if read::<u64>(rest) != 10 || read::<[u8; 8]>(rest.add(8)) != CLAIM {
            return None;
        }
        let index = read::<u16>(rest.add(16));
        let BookAccount { book, lines, known } = BookAccount::of(account)?;
        if usize::from(index) >= known {
            return None;
        }
        let line = &mut *lines.add(usize::from(index));

        // Checked in full is what the token program cannot check: that the vault is the book's and
        // the account the payee's, and that it is the vault's token program that is called. What it
        // will refuse by itself is only looked at, so that the plain form can name the fault.
        if !same(&vault.key, &read(book.vault.as_ref().as_ptr()))
            || !same(&vault.owner, &token_program.key)
            || destination.len < TOKEN_ACCOUNT_LEN
            || !same(&read(destination.data().add(OWNER_AT)), &read(line.payee.as_ref().as_ptr()))
            || mint.key[0] != read::<u64>(book.mint.as_ref().as_ptr())
            || authority.key[0] != read::<u64>(vault.data().add(OWNER_AT))
            || destination.owner[0] != token_program.key[0]
            || mint.key[0] != read::<u64>(destination.data().add(MINT_AT))
            || vault.writable == 0
            || destination.writable == 0
        {
            return None;
        }

        // Effects
        let now = if line.rate == 0 { line.accrued_at } else { LazyClock::default().now() };
        let (amount, fee) = match book.claim(line, now) {
            Ok(paid) => paid,
            Err(error) => return Some(ProgramError::from(error).into()),
        };

        // Interactions
        let accounts = [vault, mint, destination, authority];
        let bump = [book.authority_bump];
        let seeds: [&[u8]; 3] = [Book::AUTHORITY_SEED, as_bytes(&account.key), &bump];
        let decimals = book.decimals;
        if let Err(code) =
            transfer_checked(accounts, &token_program.key, &seeds, amount - fee, decimals)
        {
            return Some(code);
        }

        log(account, index, line, amount, fee);
        Some(SUCCESS)
    }
}

/// Emits `events::Claimed`, laid out by hand.
fn log(account: &Account, index: u16, line: &Line, amount: u64, fee: u64) {
    #[repr(C, packed)]
    struct Logged {
        discriminator: [u8; 8],
        book: [u64; 4],
        line: u16,
        amount: u64,
        fee: u64,
        total_claimed: u64,
    }
    let mut logged = Logged {
        discriminator: [0; 8],
        book: account.key,
        line: index,
        amount,
        fee,
        total_claimed: line.claimed,
    };
    logged.discriminator.copy_from_slice(Claimed::DISCRIMINATOR);
    // SAFETY: packed, so every byte is one of a field.
    let bytes = unsafe {
        core::slice::from_raw_parts((&raw const logged).cast::<u8>(), size_of::<Logged>())
    };
    sol_log_data(&[bytes]);
}

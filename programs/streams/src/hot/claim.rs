//! `claim`, which every payee pays for. `instructions/claim.rs` says what it means.
//!
//! As in `settle.rs`: what fails a check is passed on unchanged to the plain form.

use anchor_lang::{
    prelude::*, solana_program::entrypoint::SUCCESS, solana_program::log::sol_log_data,
    Discriminator,
};

use pinfi_common::token::is_associated;

use super::{
    book::{BookAccount, PROGRAM},
    clock::LazyClock,
    cpi::transfer_checked,
    input::{as_key, read, same, Account},
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

/// Claims, or returns `None` with nothing changed. Seven accounts were counted.
///
/// # Safety
/// `input` is the runtime's.
#[inline(never)]
pub unsafe fn claim(input: *mut u8) -> Option<u64> {
    // SAFETY of all below: reads stay within what the checks before them have established of the
    // runtime's layout; SBF allows unaligned loads.
    unsafe {
        // Checked in full is what the token program cannot check: that the vault is the book's and
        // the account the payee's, and that it is the vault's token program that is called. What it
        // will refuse by itself is only looked at, so that the plain form can name the fault. Each
        // account is looked at as it is found, while it is at hand.
        let (account, rest) = Account::first(input.add(8))?;
        let BookAccount { book, lines, known } = BookAccount::of(account)?;
        let (authority, rest) = Account::first(rest)?;
        let (mint, rest) = Account::first(rest)?;
        if mint.key[0] != read::<u64>(book.mint.as_ref().as_ptr()) {
            return None;
        }
        let (vault, rest) = Account::first(rest)?;
        if !same(&vault.key, &read(book.vault.as_ref().as_ptr()))
            || vault.writable == 0
            || authority.key[0] != read::<u64>(vault.data().add(OWNER_AT))
        {
            return None;
        }
        let (destination, rest) = Account::first(rest)?;
        if destination.len < TOKEN_ACCOUNT_LEN
            || destination.writable == 0
            || mint.key[0] != read::<u64>(destination.data().add(MINT_AT))
        {
            return None;
        }
        let (token_program, rest) = Account::first(rest)?;
        if !same(&vault.owner, &token_program.key) || destination.owner[0] != token_program.key[0] {
            return None;
        }
        let (payee, rest) = Account::first(rest)?;

        // This instruction, on a line of the book.
        if read::<u64>(rest) != 11 || read::<[u8; 8]>(rest.add(8)) != CLAIM {
            return None;
        }
        let index = read::<u16>(rest.add(16));
        let bump = *rest.add(18);
        if usize::from(index) >= known {
            return None;
        }
        let line = &mut *lines.add(usize::from(index));
        if !same(&read(destination.data().add(OWNER_AT)), &read(line.payee.as_ref().as_ptr())) {
            return None;
        }

        // The payee picks the account by signing; with the program in his place, as Anchor has it where
        // an account is left out, the associated one is paid.
        let may_pay = if payee.signer != 0 {
            same(&payee.key, &read(line.payee.as_ref().as_ptr()))
        } else {
            same(&payee.key, &PROGRAM)
                && is_associated(
                    as_key(&destination.key),
                    &line.payee,
                    as_key(&token_program.key),
                    &book.mint,
                    bump,
                )
        };
        if !may_pay {
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
        let seeds: [&[u8]; 3] = [Book::AUTHORITY_SEED, as_key(&account.key).as_ref(), &bump];
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

//! `claim`, which every payee pays for. `instructions/claim.rs` says what it means.
//!
//! As in `settle.rs`: what fails a check is passed on unchanged to the plain form.

use anchor_lang::{
    prelude::*, solana_program::entrypoint::SUCCESS, solana_program::log::sol_log_data,
    Discriminator,
};

use pinfi_common::{
    hot::{
        clock::LazyClock,
        input::{discriminator, read, same_key, u64s_as_key, Reader},
        transfer::Transfer,
    },
    token::is_associated,
};

use super::book::{BookAccount, PROGRAM};
use crate::{events::Claimed, instruction, state::Book};

const CLAIM: u64 = discriminator(instruction::Claim::DISCRIMINATOR);
pub const ACCOUNTS: u64 = 7;
/// Discriminator, line u16, bump u8.
const DATA_LEN: usize = BUMP_AT + 1;
const LINE_AT: usize = 8;
const BUMP_AT: usize = LINE_AT + 2;

/// A token account's mint, then its owner; the account is at least this long.
const TOKEN_ACCOUNT_LEN: u64 = 165;
const MINT_AT: usize = 0;
const OWNER_AT: usize = 32;

/// Claims, or returns `None` with nothing changed.
///
/// A function of its own, so that `settle` has its registers for itself.
///
/// # Safety
/// `input` is the runtime's, and brings as many accounts as this has.
#[inline(never)]
pub unsafe fn claim(input: *mut u8) -> Option<u64> {
    // SAFETY of all below: reads stay within what the checks before them have established of the
    // runtime's layout; SBF allows unaligned loads.
    unsafe {
        // Checked in full is what the token program cannot check: that the vault is the book's and
        // the account the payee's, and that it is the vault's token program that is called. What it
        // will refuse by itself is only looked at, so that the plain form can name the fault. Each
        // account is looked at as it is found, while it is at hand.
        let mut reader = Reader::of(input);
        let account = reader.account()?;
        let BookAccount { book, lines, known } = BookAccount::of(account)?;
        let authority = reader.account()?;
        let mint = reader.account()?;
        if mint.key[0] != read::<u64>(book.mint.as_ref().as_ptr()) {
            return None;
        }
        let vault = reader.account()?;
        if !same_key(&vault.key, &read(book.vault.as_ref().as_ptr()))
            || vault.writable == 0
            || authority.key[0] != read::<u64>(vault.data().add(OWNER_AT))
        {
            return None;
        }
        let destination = reader.account()?;
        if destination.len < TOKEN_ACCOUNT_LEN
            || destination.writable == 0
            || mint.key[0] != read::<u64>(destination.data().add(MINT_AT))
        {
            return None;
        }
        let token_program = reader.account()?;
        if !same_key(&vault.owner, &token_program.key)
            || destination.owner[0] != token_program.key[0]
        {
            return None;
        }
        let payee = reader.account()?;

        // This instruction, on a line of the book.
        let data = reader.data();
        if data.len != DATA_LEN || !data.begins_with(CLAIM) {
            return None;
        }
        let index = read::<u16>(data.at.add(LINE_AT));
        let bump = *data.at.add(BUMP_AT);
        if usize::from(index) >= known {
            return None;
        }
        let line = &mut *lines.add(usize::from(index));
        if !same_key(&read(destination.data().add(OWNER_AT)), &read(line.payee.as_ref().as_ptr())) {
            return None;
        }

        // The payee picks the account by signing; with the program in his place, as Anchor has it where
        // an account is left out, the associated one is paid.
        let may_pay = if payee.signer != 0 {
            same_key(&payee.key, &read(line.payee.as_ref().as_ptr()))
        } else {
            same_key(&payee.key, &PROGRAM)
                && is_associated(
                    u64s_as_key(&destination.key),
                    &line.payee,
                    u64s_as_key(&token_program.key),
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
        let bump = [book.authority_bump];
        let transfer = Transfer {
            vault,
            mint,
            destination,
            authority,
            seeds: &[Book::AUTHORITY_SEED, u64s_as_key(&account.key).as_ref(), &bump],
            token_program: &token_program.key,
            amount: amount - fee,
            decimals: book.decimals,
        };
        if let Err(code) = transfer.invoke() {
            return Some(code);
        }

        let total_claimed = line.claimed;
        let mut logged = Logged {
            discriminator: [0; 8],
            book: account.key,
            line: index,
            amount,
            fee,
            total_claimed,
        };
        logged.discriminator.copy_from_slice(Claimed::DISCRIMINATOR);
        logged.log();
        Some(SUCCESS)
    }
}

/// `events::Claimed`, laid out by hand.
#[repr(C, packed)]
struct Logged {
    discriminator: [u8; 8],
    book: [u64; 4],
    line: u16,
    amount: u64,
    fee: u64,
    total_claimed: u64,
}

impl Logged {
    #[inline(always)]
    fn log(&self) {
        // SAFETY: packed, so every byte is one of a field.
        let bytes = unsafe {
            core::slice::from_raw_parts(core::ptr::from_ref(self).cast::<u8>(), size_of::<Self>())
        };
        sol_log_data(&[bytes]);
    }
}

//! A token transfer out of a vault, told to the runtime in its C form: no allocation, and
//! nothing copied but what it reads.

use core::ptr;

use anchor_lang::solana_program::entrypoint::SUCCESS;
use solana_define_syscall::definitions::sol_invoke_signed_c;

use super::input::{read, Account};

#[repr(C)]
struct Instruction {
    program: *const [u64; 4],
    metas: *const Meta,
    metas_len: u64,
    data: *const u8,
    data_len: u64,
}

#[repr(C)]
struct Meta {
    key: *const [u64; 4],
    writable: bool,
    signer: bool,
}

#[repr(C)]
struct Info {
    key: *const [u64; 4],
    lamports: *const u64,
    len: u64,
    data: *const u8,
    owner: *const [u64; 4],
    rent_epoch: u64,
    // A byte each, 0 or 1: signer, writable, executable.
    flags: u32,
}

impl Info {
    /// # Safety
    /// `account` lies in the runtime's input.
    unsafe fn of(account: &Account) -> Self {
        Self {
            key: &account.key,
            lamports: &account.lamports,
            len: account.len,
            // SAFETY: as the caller says.
            data: unsafe { account.data() },
            owner: &account.owner,
            // Not read by the runtime.
            rent_epoch: 0,
            // The header has them in the same order, behind its first byte.
            // SAFETY: as above.
            flags: unsafe { read::<u32>(ptr::from_ref(account).cast()) } >> 8,
        }
    }
}

/// The token programs' `TransferChecked`.
const TRANSFER_CHECKED: u8 = 12;

/// A transfer of `amount` base units.
pub struct Transfer<'a> {
    pub vault: &'a Account,
    pub mint: &'a Account,
    pub destination: &'a Account,
    /// Owns the vault: a program address, with the seeds that sign for it.
    pub authority: &'a Account,
    pub seeds: &'a [&'a [u8]],
    pub token_program: &'a [u64; 4],
    pub amount: u64,
    pub decimals: u8,
}

impl Transfer<'_> {
    /// Calls the token program; a refusal by it ends the transaction.
    ///
    /// # Safety
    /// The accounts lie in the runtime's input.
    pub unsafe fn invoke(&self) -> Result<(), u64> {
        let Self { vault, mint, destination, authority, .. } = *self;
        let mut data = [TRANSFER_CHECKED, 0, 0, 0, 0, 0, 0, 0, 0, self.decimals];
        data[1..9].copy_from_slice(&self.amount.to_le_bytes());
        let meta =
            |account: &Account, writable, signer| Meta { key: &account.key, writable, signer };
        let metas = [
            meta(vault, true, false),
            meta(mint, false, false),
            meta(destination, true, false),
            meta(authority, false, true),
        ];
        // SAFETY: as the caller says.
        let infos =
            unsafe { [vault, mint, destination, authority].map(|account| Info::of(account)) };
        let instruction = Instruction {
            program: self.token_program,
            metas: metas.as_ptr(),
            metas_len: metas.len() as u64,
            data: data.as_ptr(),
            data_len: data.len() as u64,
        };
        // A slice reference is an address and a length, as the runtime wants it.
        let signer: &[&[u8]] = self.seeds;
        // SAFETY: everything pointed to lives until the call returns, in the layout it expects.
        let code = unsafe {
            sol_invoke_signed_c(
                ptr::from_ref(&instruction).cast(),
                infos.as_ptr().cast(),
                infos.len() as u64,
                ptr::from_ref(&signer).cast(),
                1,
            )
        };
        if code == SUCCESS {
            Ok(())
        } else {
            Err(code)
        }
    }
}

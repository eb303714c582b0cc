//! Stands for other people's programs in tests, and is deployed nowhere else: it makes the calls that
//! its instruction describes, with the signatures it was given and that of its own address.
//!
//! Instruction data, as `tests/kit/caller.ts` writes it: [`TAG`], the bump of the own address, then
//! the calls one behind the other:
//!
//! | bytes | of each call                                                           |
//! | ----- | ---------------------------------------------------------------------- |
//! | 1     | position of the program among the accounts of this instruction         |
//! | 1     | number of accounts                                                     |
//! | 2 n   | of each account its position, and whether it signs (1), is written (2) |
//! | 2     | length of the data, little-endian                                      |
//! | n     | data                                                                   |
//!
//! With data that begins otherwise it passes that data on, as it is, to the program in its first
//! account, with the accounts behind it. Where the first account is no program it does nothing and
//! succeeds, as a program does that stands in another one's place and hopes that nobody notices.

use solana_account_info::AccountInfo;
use solana_cpi::invoke_signed_unchecked;
use solana_instruction::{AccountMeta, Instruction};
use solana_program_error::{ProgramError, ProgramResult};
use solana_pubkey::Pubkey;

/// Data that begins so is for this program.
pub const TAG: [u8; 8] = *b"callthem";
/// Seed of the address that this program signs for.
pub const SEED: &[u8] = b"caller";

const SIGNS: u8 = 1;
const WRITTEN: u8 = 2;

solana_program_entrypoint::entrypoint!(process);

/// Makes the calls, in order. Fails with the first that fails, with `InvalidInstructionData` where
/// the data ends too early and `NotEnoughAccountKeys` where an account is missing.
pub fn process(_program: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let Some(rest) = data.strip_prefix(&TAG) else { return pass_on(accounts, data) };
    let mut reader = Reader(rest);
    let bump = [reader.byte()?];
    while !reader.0.is_empty() {
        let call = reader.call(accounts)?;
        // Safe: this program holds no reference into an account.
        invoke_signed_unchecked(&call, accounts, &[&[SEED, &bump]])?;
    }
    Ok(())
}

fn pass_on(accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let Some((program, rest)) = accounts.split_first().filter(|(first, _)| first.executable) else {
        return Ok(());
    };
    let metas = rest.iter().map(|account| AccountMeta {
        pubkey: *account.key,
        is_signer: account.is_signer,
        is_writable: account.is_writable,
    });
    let call =
        Instruction { program_id: *program.key, accounts: metas.collect(), data: data.to_vec() };
    // Safe, as above.
    invoke_signed_unchecked(&call, accounts, &[])
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], ProgramError> {
        let (head, rest) =
            self.0.split_at_checked(count).ok_or(ProgramError::InvalidInstructionData)?;
        self.0 = rest;
        Ok(head)
    }

    fn byte(&mut self) -> Result<u8, ProgramError> {
        Ok(self.take(1)?[0])
    }

    fn key(&mut self, accounts: &[AccountInfo]) -> Result<Pubkey, ProgramError> {
        let position = usize::from(self.byte()?);
        Ok(*accounts.get(position).ok_or(ProgramError::NotEnoughAccountKeys)?.key)
    }

    fn call(&mut self, accounts: &[AccountInfo]) -> Result<Instruction, ProgramError> {
        let program_id = self.key(accounts)?;
        let count = self.byte()?;
        let accounts = (0..count)
            .map(|_| {
                let pubkey = self.key(accounts)?;
                let flags = self.byte()?;
                let (is_signer, is_writable) = (flags & SIGNS != 0, flags & WRITTEN != 0);
                Ok(AccountMeta { pubkey, is_signer, is_writable })
            })
            .collect::<Result<_, ProgramError>>()?;
        let length = [self.byte()?, self.byte()?];
        let data = self.take(usize::from(u16::from_le_bytes(length)))?.to_vec();
        Ok(Instruction { program_id, accounts, data })
    }
}

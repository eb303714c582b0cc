//! Accounts that grow.

use anchor_lang::{
    prelude::*,
    solana_program::{instruction::Instruction, program::invoke_signed_unchecked},
};

/// The system program's `Transfer`, in four bytes; what follows is the sum.
const TRANSFER: u8 = 2;

/// Grows `account` to `len` bytes, zeroed, with `payer` adding the rent the new size wants.
///
/// One instruction may grow an account by 10,240 bytes at most (a limit of the runtime).
pub fn grow<'info>(
    account: AccountInfo<'info>,
    len: usize,
    payer: &Signer<'info>,
    system_program: &Program<'info, System>,
) -> Result<()> {
    let missing = Rent::get()?.minimum_balance(len).saturating_sub(account.lamports());
    if missing > 0 {
        let accounts =
            vec![AccountMeta::new(payer.key(), true), AccountMeta::new(account.key(), false)];
        let mut data = vec![TRANSFER, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        data[4..].copy_from_slice(&missing.to_le_bytes());
        // Unchecked is whether something still borrows the account, which `resize` refuses below.
        invoke_signed_unchecked(
            &Instruction { program_id: system_program.key(), accounts, data },
            &[payer.to_account_info(), account.clone()],
            &[],
        )?;
    }
    account.resize(len)?;
    Ok(())
}

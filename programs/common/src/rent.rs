//! Accounts that grow.

use anchor_lang::{
    prelude::*,
    system_program::{transfer, Transfer},
};

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
        transfer(
            CpiContext::new(
                system_program.key(),
                Transfer { from: payer.to_account_info(), to: account.clone() },
            ),
            missing,
        )?;
    }
    account.resize(len)?;
    Ok(())
}

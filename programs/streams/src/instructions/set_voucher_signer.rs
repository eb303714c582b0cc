use anchor_lang::prelude::*;

use crate::{
    errors::StreamsError,
    events::{emit, VoucherSignerSet},
    state::{Book, Ledger},
};

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct SetVoucherSignerArgs {
    /// Key whose signature makes a voucher from now on. What the key before has signed can be
    /// settled for the book's grace period. The present key may be named again to extend its terms.
    pub signer: Pubkey,
    /// Unix seconds from which on its vouchers are refused; `i64::MAX` for never.
    pub expires_at: i64,
    /// Most that its vouchers may add in all, in base units; `u64::MAX` for no limit. It bounds what a
    /// stolen key can spend, on whichever lines are settled first: until it is settled, a voucher of a
    /// limited key is no promise.
    pub cap: u64,
}

#[derive(Accounts)]
pub struct SetVoucherSigner<'info> {
    pub payer: Signer<'info>,

    #[account(mut, has_one = payer @ StreamsError::NotPayer)]
    pub book: AccountLoader<'info, Book>,
}

impl SetVoucherSigner<'_> {
    pub fn handle(ctx: Context<Self>, args: SetVoucherSignerArgs) -> Result<()> {
        let Self { book: account, .. } = ctx.accounts;
        let SetVoucherSignerArgs { signer, expires_at, cap } = args;
        let now = Clock::get()?.unix_timestamp;

        let mut ledger = Ledger::open(account)?;
        ledger.book.set_voucher_signer(args, now)?;

        emit!(VoucherSignerSet { book: account.key(), signer, expires_at, cap });
        Ok(())
    }
}

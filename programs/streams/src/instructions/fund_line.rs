use anchor_lang::prelude::*;

use crate::{
    errors::{require_gt, StreamsError},
    events::{emit, LineFunded},
    state::{Book, Ledger},
};

#[derive(Accounts)]
pub struct FundLine<'info> {
    pub payer: Signer<'info>,

    #[account(mut, has_one = payer @ StreamsError::NotPayer)]
    pub book: AccountLoader<'info, Book>,
}

impl FundLine<'_> {
    pub fn handle(ctx: Context<Self>, line: u16, amount: u64) -> Result<()> {
        let Self { book: account, .. } = ctx.accounts;
        let now = Clock::get()?.unix_timestamp;

        require_gt!(amount, 0, StreamsError::ZeroAmount);
        let mut ledger = Ledger::open(account)?;
        let (book, state) = ledger.line(line)?;
        book.commit(amount)?;
        state.fund(amount, now)?;

        emit!(LineFunded { book: account.key(), line, amount, total_deposit: state.deposit });
        Ok(())
    }
}

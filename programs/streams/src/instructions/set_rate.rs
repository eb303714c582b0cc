use anchor_lang::prelude::*;

use crate::{
    events::{emit, RateSet},
    state::{Book, Ledger},
};

#[derive(Accounts)]
pub struct SetRate<'info> {
    /// The payer, or the controller alone where the line is controlled.
    pub authority: Signer<'info>,

    #[account(mut)]
    pub book: AccountLoader<'info, Book>,
}

impl SetRate<'_> {
    pub fn handle(ctx: Context<Self>, line: u16, rate: u64) -> Result<()> {
        let Self { authority, book: account } = ctx.accounts;
        let now = Clock::get()?.unix_timestamp;

        let mut ledger = Ledger::open(account)?;
        let (book, state) = ledger.line(line)?;
        book.require_line_authority(state, authority.key)?;
        state.set_rate(rate, now)?;

        emit!(RateSet { book: account.key(), line, rate, total_accrued: state.accrued });
        Ok(())
    }
}

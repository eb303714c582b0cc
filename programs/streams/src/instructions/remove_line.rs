use anchor_lang::prelude::*;

use crate::{
    errors::{require, StreamsError},
    events::{emit, LineReleased},
    state::{Book, Ledger, Line},
};

#[derive(Accounts)]
pub struct RemoveLine<'info> {
    #[account(mut)]
    pub book: AccountLoader<'info, Book>,
}

impl RemoveLine<'_> {
    /// Nobody's signature is needed, and no token account: a payee who cannot be paid right now
    /// keeps what is earned on the line, and the payer gets the rest all the same.
    pub fn handle(ctx: Context<Self>, line: u16) -> Result<()> {
        let Self { book: account } = ctx.accounts;
        let now = Clock::get()?.unix_timestamp;

        let mut ledger = Ledger::open(account)?;
        let (book, state) = ledger.line(line)?;
        let released_before = state.has(Line::RELEASED);
        let amount = state.release(now)?;
        book.release(amount)?;
        let removed = state.claimed == state.deposit;
        require!(removed || !released_before, StreamsError::UnclaimedFunds);
        if removed {
            state.remove();
            book.drop_line(now);
        }

        emit!(LineReleased { book: account.key(), line, amount, removed });
        Ok(())
    }
}

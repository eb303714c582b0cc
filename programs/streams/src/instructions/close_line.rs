use anchor_lang::prelude::*;

use crate::{
    errors::StreamsError,
    events::{emit, LineClosing},
    state::{Book, Ledger},
};

#[derive(Accounts)]
pub struct CloseLine<'info> {
    /// The payee, who closes at once; or the payer (the controller alone where the line is
    /// controlled), who leaves the payee the book's grace period to settle and claim in.
    pub authority: Signer<'info>,

    #[account(mut)]
    pub book: AccountLoader<'info, Book>,
}

impl CloseLine<'_> {
    pub fn handle(ctx: Context<Self>, line: u16) -> Result<()> {
        let Self { authority, book: account } = ctx.accounts;
        let now = Clock::get()?.unix_timestamp;

        let mut ledger = Ledger::open(account)?;
        let (book, state) = ledger.line(line)?;
        let at = if state.payee == authority.key() {
            now
        } else {
            book.require_line_authority(state, authority.key)?;
            now.checked_add(i64::from(book.grace_seconds)).ok_or(StreamsError::MathOverflow)?
        };
        state.close(now, at)?;

        emit!(LineClosing { book: account.key(), line, closing_at: state.closing_at });
        Ok(())
    }
}

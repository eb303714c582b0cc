use anchor_lang::prelude::*;
use pinfi_common::rent::grow;

use crate::{
    errors::{require, StreamsError},
    events::{emit, LinesReserved},
    state::{Book, Ledger},
};

#[derive(Accounts)]
pub struct ReserveLines<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,

    #[account(mut, has_one = payer @ StreamsError::NotPayer)]
    pub book: AccountLoader<'info, Book>,

    pub system_program: Program<'info, System>,
}

impl ReserveLines<'_> {
    /// What one instruction may add to an account (10,240 bytes), in lines.
    const MAX_COUNT: u16 = 106;

    pub fn handle(ctx: Context<Self>, count: u16) -> Result<()> {
        let Self { payer, book, system_program } = ctx.accounts;

        require!((1..=Self::MAX_COUNT).contains(&count), StreamsError::ReserveOutOfRange);
        let capacity = Ledger::capacity(book.as_ref().data_len()) + usize::from(count);
        let total = u16::try_from(capacity).map_err(|_| StreamsError::BookFull)?;
        grow(book.to_account_info(), Ledger::space(capacity), payer, system_program)?;

        emit!(LinesReserved { book: book.key(), capacity: total });
        Ok(())
    }
}

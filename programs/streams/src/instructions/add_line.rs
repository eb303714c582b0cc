use anchor_lang::prelude::*;
use pinfi_common::rent::grow;

use crate::{
    errors::{require, require_eq, StreamsError},
    events::{emit, LineAdded},
    state::{Book, Ledger, Line},
};

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug)]
pub struct AddLineArgs {
    /// Index the line will have: the book's `next_line`, so that a resend adds no second line.
    pub line: u16,
    /// Earns.
    pub payee: Pubkey,
    /// Set aside from the book's free tokens, in base units; may be zero.
    pub deposit: u64,
    /// Earned per second from now on, in base units; zero for vouchers only.
    pub rate: u64,
    /// Whether the book's controller, not the payer, changes the rate and closes.
    pub controlled: bool,
}

#[derive(Accounts)]
pub struct AddLine<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,

    #[account(mut, has_one = payer @ StreamsError::NotPayer)]
    pub book: AccountLoader<'info, Book>,

    pub system_program: Program<'info, System>,
}

impl AddLine<'_> {
    pub fn handle(ctx: Context<Self>, args: AddLineArgs) -> Result<()> {
        let Self { payer, book: account, system_program } = ctx.accounts;
        let AddLineArgs { line, payee, deposit, rate, controlled } = args;

        let wanted = usize::from(line) + 1;
        if Ledger::capacity(account.as_ref().data_len()) < wanted {
            require_eq!(account.load()?.next_line, line, StreamsError::WrongLineIndex);
            require!(line < u16::MAX, StreamsError::BookFull);
            grow(account.to_account_info(), Ledger::space(wanted), payer, system_program)?;
        }

        let mut ledger = Ledger::open(account)?;
        let book = &ledger.book;
        require_eq!(book.next_line, line, StreamsError::WrongLineIndex);
        require!(
            payee != Pubkey::default() && !book.is_own(&payee, &account.key()),
            StreamsError::InvalidPayee
        );
        require!(!controlled || book.controller != Pubkey::default(), StreamsError::NoController);
        ledger.book.commit(deposit)?;
        ledger.push(Line {
            payee,
            deposit,
            rate,
            accrued_at: Clock::get()?.unix_timestamp,
            flags: if controlled { Line::CONTROLLED } else { 0 },
            ..bytemuck::Zeroable::zeroed()
        })?;

        emit!(LineAdded { book: account.key(), line, payee, deposit, rate, controlled });
        Ok(())
    }
}

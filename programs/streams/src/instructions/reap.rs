use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

use super::close_book::end_book;
use crate::{errors::StreamsError, state::Book};

#[derive(Accounts)]
pub struct Reap<'info> {
    /// CHECK: the book's payer by `has_one`; gets tokens and rent back, whoever asks.
    #[account(mut)]
    pub payer: UncheckedAccount<'info>,

    #[account(
        mut,
        close = payer,
        has_one = payer @ StreamsError::NotPayer,
        has_one = mint @ StreamsError::WrongMint,
        has_one = vault @ StreamsError::WrongVault,
    )]
    pub book: AccountLoader<'info, Book>,

    /// CHECK: signs for the vault, as its owner; has no data, so that a payment costs the same
    /// however long the book is.
    #[account(constraint = authority.key() == vault.owner @ StreamsError::NotVaultAuthority)]
    pub authority: UncheckedAccount<'info>,

    pub mint: InterfaceAccount<'info, Mint>,

    #[account(mut)]
    pub vault: InterfaceAccount<'info, TokenAccount>,

    /// Needed only if somebody has sent tokens to the vault: a token account of the payer.
    #[account(
        mut,
        constraint = destination.owner == payer.key() @ StreamsError::NotPayerAccount,
        token::mint = mint,
        token::token_program = token_program,
    )]
    pub destination: Option<InterfaceAccount<'info, TokenAccount>>,

    pub token_program: Interface<'info, TokenInterface>,
}

impl Reap<'_> {
    /// Anybody may clear away a book whose lines are all paid and gone and whose payer has nothing
    /// left in it. A new book is not over: it has had no lines yet.
    pub fn handle(ctx: Context<Self>) -> Result<()> {
        let Self { payer, book, authority, mint, vault, destination, token_program } = ctx.accounts;

        {
            let state = book.load()?;
            require!(
                state.next_line > 0 && state.line_count == 0 && state.free == 0,
                StreamsError::BookNotSpent
            );
        }
        let payer = payer.to_account_info();
        end_book(book, payer, authority, mint, vault, destination.as_ref(), token_program)
    }
}

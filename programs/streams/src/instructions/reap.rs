use anchor_lang::prelude::*;
use anchor_spl::{
    associated_token::get_associated_token_address_with_program_id,
    token_interface::{Mint, TokenAccount, TokenInterface},
};

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

    pub mint: Box<InterfaceAccount<'info, Mint>>,

    #[account(mut, dup)]
    pub vault: Box<InterfaceAccount<'info, TokenAccount>>,

    /// Needed only if somebody has sent tokens to the vault: the payer's associated token account.
    #[account(
        mut,
        dup,
        constraint = destination.key() != vault.key() @ ErrorCode::ConstraintDuplicateMutableAccount,
        constraint = destination.owner == payer.key() @ StreamsError::NotPayerAccount,
        constraint = destination.key() == get_associated_token_address_with_program_id(
            payer.key, &mint.key(), token_program.key,
        ) @ StreamsError::NotAssociated,
        token::mint = mint,
        token::token_program = token_program,
    )]
    pub destination: Option<Box<InterfaceAccount<'info, TokenAccount>>>,

    pub token_program: Interface<'info, TokenInterface>,
}

impl Reap<'_> {
    /// Anybody may clear away a book whose lines are all paid and gone and whose payer has had nothing
    /// left in it for a day. A new book is not over: it has had no lines yet.
    pub fn handle(ctx: Context<Self>) -> Result<()> {
        let Self { payer, book, authority, mint, vault, destination, token_program } = ctx.accounts;

        book.load()?.require_spent(Clock::get()?.unix_timestamp)?;
        let payer = payer.to_account_info();
        end_book(book, payer, authority, mint, vault, destination.as_deref(), token_program)
    }
}

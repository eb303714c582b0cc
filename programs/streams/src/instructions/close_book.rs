use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use pinfi_common::token::{close_vault, pay_from_pda};

use crate::{
    errors::{require_eq, require_gt, StreamsError},
    events::{emit, BookClosed},
    state::{AuthoritySeeds, Book},
};

#[derive(Accounts)]
pub struct CloseBook<'info> {
    /// Gets back the tokens left and the rent of both accounts.
    #[account(mut)]
    pub payer: Signer<'info>,

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

    #[account(
        mut,
        dup,
        constraint = destination.key() != vault.key() @ ErrorCode::ConstraintDuplicateMutableAccount,
        constraint = destination.owner == payer.key() @ StreamsError::NotPayerAccount,
        token::mint = mint,
        token::token_program = token_program,
    )]
    pub destination: Box<InterfaceAccount<'info, TokenAccount>>,

    pub token_program: Interface<'info, TokenInterface>,
}

impl CloseBook<'_> {
    pub fn handle(ctx: Context<Self>) -> Result<()> {
        let Self { payer, book, authority, mint, vault, destination, token_program } = ctx.accounts;

        let payer = payer.to_account_info();
        end_book(book, payer, authority, mint, vault, Some(destination), token_program)
    }
}

/// Empties and closes the vault of a book that owes nothing to anybody but its payer.
///
/// All the vault holds goes, donations too, so that dust cannot keep it open; with nothing in it no
/// destination is needed.
pub(super) fn end_book<'info>(
    account: &AccountLoader<'info, Book>,
    payer: AccountInfo<'info>,
    authority: &UncheckedAccount<'info>,
    mint: &InterfaceAccount<'info, Mint>,
    vault: &InterfaceAccount<'info, TokenAccount>,
    destination: Option<&InterfaceAccount<'info, TokenAccount>>,
    token_program: &Interface<'info, TokenInterface>,
) -> Result<()> {
    // Checks
    let book = *account.load()?;
    require_eq!(book.line_count, 0, StreamsError::BookNotEmpty);
    require_eq!(book.fees_due(), 0, StreamsError::FeesDue);
    require_gt!(Clock::get()?.slot, book.opened_slot, StreamsError::BookTooFresh);

    // Interactions
    let seeds = AuthoritySeeds::of(account.key(), &book);
    let (owner, seeds) = (authority.to_account_info(), seeds.as_slices());
    let amount = vault.amount;
    if amount > 0 {
        let to = destination.ok_or(StreamsError::NotPayerAccount)?.to_account_info();
        pay_from_pda(vault, to, mint, owner.clone(), token_program, &seeds, amount)?;
    }
    close_vault(vault, payer, owner, token_program, &seeds)?;

    emit!(BookClosed {
        book: account.key(),
        payer: book.payer,
        amount,
        total_deposited: book.deposited,
        total_claimed: book.claimed,
    });
    Ok(())
}

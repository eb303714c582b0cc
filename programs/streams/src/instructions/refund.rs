use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use pinfi_common::token::pay_from_pda;

use crate::{
    errors::StreamsError,
    events::{emit, Refunded},
    state::{AuthoritySeeds, Book, Ledger},
};

#[derive(Accounts)]
pub struct Refund<'info> {
    pub payer: Signer<'info>,

    #[account(
        mut,
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

impl Refund<'_> {
    pub fn handle(ctx: Context<Self>, amount: u64) -> Result<()> {
        let Self { book: account, authority, mint, vault, destination, token_program, .. } =
            ctx.accounts;

        // Effects
        let (seeds, total_refunded) = {
            let mut ledger = Ledger::open(account)?;
            ledger.book.refund(amount, Clock::get()?.unix_timestamp)?;
            (AuthoritySeeds::of(account.key(), &ledger.book), ledger.book.refunded)
        };

        // Interactions
        pay_from_pda(
            vault,
            destination.to_account_info(),
            mint,
            authority.to_account_info(),
            token_program,
            &seeds.as_slices(),
            amount,
        )?;

        emit!(Refunded { book: account.key(), amount, total_refunded });
        Ok(())
    }
}

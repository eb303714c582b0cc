use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use pinfi_common::token::{close_vault, pay_from_pda};

use crate::{
    errors::StreamsError,
    events::BookClosed,
    state::{Book, BookSeeds},
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

    pub mint: InterfaceAccount<'info, Mint>,

    #[account(mut)]
    pub vault: InterfaceAccount<'info, TokenAccount>,

    #[account(
        mut,
        constraint = destination.owner == payer.key() @ StreamsError::NotPayerAccount,
        token::mint = mint,
        token::token_program = token_program,
    )]
    pub destination: InterfaceAccount<'info, TokenAccount>,

    pub token_program: Interface<'info, TokenInterface>,
}

impl CloseBook<'_> {
    pub fn handle(ctx: Context<Self>) -> Result<()> {
        let Self { payer, book: account, mint, vault, destination, token_program } = ctx.accounts;

        // Checks
        let book = *account.load()?;
        require_eq!(book.line_count, 0, StreamsError::BookNotEmpty);
        require_eq!(book.fees_due(), 0, StreamsError::FeesDue);
        require_gt!(Clock::get()?.slot, book.opened_slot, StreamsError::BookTooFresh);

        // Interactions: all the vault holds, donations too, so that dust cannot keep it open.
        let seeds = BookSeeds::of(&book);
        let (owner, seeds) = (account.to_account_info(), seeds.as_slices());
        let amount = vault.amount;
        if amount > 0 {
            pay_from_pda(vault, destination, mint, owner.clone(), token_program, &seeds, amount)?;
        }
        close_vault(vault, payer.to_account_info(), owner, token_program, &seeds)?;

        emit!(BookClosed {
            book: account.key(),
            payer: payer.key(),
            amount,
            total_deposited: book.deposited,
            total_claimed: book.claimed,
        });
        Ok(())
    }
}

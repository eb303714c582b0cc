use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use pinfi_common::token::pull;

use crate::{
    errors::{require_gt, require_gte, StreamsError},
    events::{emit, Deposited},
    state::{Book, Ledger},
};

#[derive(Accounts)]
pub struct Deposit<'info> {
    /// Anybody: a gift to a book binds nobody.
    pub funder: Signer<'info>,

    #[account(
        mut,
        has_one = mint @ StreamsError::WrongMint,
        has_one = vault @ StreamsError::WrongVault,
    )]
    pub book: AccountLoader<'info, Book>,

    pub mint: Box<InterfaceAccount<'info, Mint>>,

    #[account(
        mut,
        dup,
        constraint = source.key() != vault.key() @ ErrorCode::ConstraintDuplicateMutableAccount,
        token::mint = mint,
        token::token_program = token_program,
    )]
    pub source: Box<InterfaceAccount<'info, TokenAccount>>,

    #[account(mut, dup)]
    pub vault: Box<InterfaceAccount<'info, TokenAccount>>,

    pub token_program: Interface<'info, TokenInterface>,
}

impl Deposit<'_> {
    pub fn handle(ctx: Context<Self>, amount: u64) -> Result<()> {
        let Self { funder, book: account, mint, source, vault, token_program } = ctx.accounts;

        // Checks
        require_gt!(amount, 0, StreamsError::ZeroAmount);
        require_gte!(amount, account.load()?.min_deposit, StreamsError::BelowMinimum);

        // Interactions come first here: what arrives is what is booked.
        let gained = pull(source, vault, mint, funder, token_program, amount)?;

        // Effects
        let mut ledger = Ledger::open(account)?;
        ledger.book.deposit(gained)?;

        emit!(Deposited {
            book: account.key(),
            funder: funder.key(),
            amount: gained,
            total_deposited: ledger.book.deposited,
        });
        Ok(())
    }
}

use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use pinfi_common::token::{burn_from_pda, is_native, pay_from_pda, receiver};
use pinfi_math::{share::share_between_down, ALL_BPS};

use crate::{
    errors::StreamsError,
    events::FeesCollected,
    state::{AuthoritySeeds, Book, Ledger, MintPolicy},
};

#[derive(Accounts)]
pub struct CollectFees<'info> {
    #[account(
        mut,
        has_one = mint @ StreamsError::WrongMint,
        has_one = vault @ StreamsError::WrongVault,
    )]
    pub book: AccountLoader<'info, Book>,

    /// CHECK: signs for the vault, as its owner; has no data, so that a payment costs the same
    /// however long the book is.
    #[account(constraint = authority.key() == vault.owner @ StreamsError::NotVaultAuthority)]
    pub authority: UncheckedAccount<'info>,

    #[account(
        has_one = mint @ StreamsError::WrongMint,
        seeds = [MintPolicy::SEED, policy.mint.as_ref()],
        bump = policy.bump,
    )]
    pub policy: Box<Account<'info, MintPolicy>>,

    /// Held to its token program: under the other one a treasury would look as if it could receive
    /// nothing, and its fees would be the payer's.
    #[account(mut, mint::token_program = token_program)]
    pub mint: Box<InterfaceAccount<'info, Mint>>,

    #[account(mut)]
    pub vault: Box<InterfaceAccount<'info, TokenAccount>>,

    /// CHECK: the one the policy names, which may have been frozen or closed since; not needed where
    /// all of the fee is burned.
    #[account(mut, address = policy.treasury @ StreamsError::WrongTreasury)]
    pub treasury: Option<UncheckedAccount<'info>>,

    pub token_program: Interface<'info, TokenInterface>,
}

impl CollectFees<'_> {
    /// Burns the policy's share of the fees due and pays the rest to its treasury; with no treasury
    /// named, all is burned.
    ///
    /// What a treasury cannot receive, or a mint not burn, waits as long as the book has lines. After
    /// that it is the payer's: the rent of a book must not hang on somebody else's account.
    pub fn handle(ctx: Context<Self>) -> Result<()> {
        let Self { book: account, authority, policy, mint, vault, treasury, token_program } =
            ctx.accounts;

        // Effects
        let mut ledger = Ledger::open(account)?;
        let due = ledger.book.collect_fees()?;
        let total_collected = ledger.book.fees_collected;
        let named = policy.treasury != Pubkey::default();
        let burn_bps = if named { policy.burn_bps } else { ALL_BPS };
        // Shared on the running total, so that collecting in small steps shifts nothing.
        let mut burned = share_between_down(total_collected - due, total_collected, burn_bps);
        let mut to_treasury = due - burned;
        let mut to_payer = 0;

        let mut deliverable = burned == 0 || !is_native(&mint.key());
        if to_treasury > 0 {
            let treasury = treasury.as_ref().ok_or(StreamsError::MissingTreasury)?;
            deliverable &= receiver(treasury, &mint.key(), token_program.key).is_some();
        }
        if !deliverable {
            require_eq!(ledger.book.line_count, 0, StreamsError::FeesUndeliverable);
            (burned, to_treasury, to_payer) = (0, 0, due);
            ledger.book.deposit(to_payer)?;
        }
        let seeds = AuthoritySeeds::of(account.key(), &ledger.book);
        drop(ledger);

        // Interactions
        let (owner, seeds) = (authority.to_account_info(), seeds.as_slices());
        if burned > 0 {
            burn_from_pda(vault, mint, owner.clone(), token_program, &seeds, burned)?;
        }
        if let (Some(treasury), 1..) = (treasury, to_treasury) {
            let treasury = treasury.to_account_info();
            pay_from_pda(vault, treasury, mint, owner, token_program, &seeds, to_treasury)?;
        }

        let book = account.key();
        emit!(FeesCollected { book, burned, to_treasury, to_payer, total_collected });
        Ok(())
    }
}

use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use pinfi_common::token::{burn_from_pda, pay_from_pda, receiver};
use pinfi_math::{share::split_down, ALL_BPS};

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

    #[account(mut)]
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
    /// Burns the policy's share of the fees due and pays the rest to its treasury.
    ///
    /// What a treasury cannot receive waits as long as the book has lines. After that all is burned,
    /// as it is with no treasury named: a payer's rent must not hang on somebody else's account.
    pub fn handle(ctx: Context<Self>) -> Result<()> {
        let Self { book: account, authority, policy, mint, vault, treasury, token_program } =
            ctx.accounts;

        // Effects
        let (seeds, due, total_collected, over) = {
            let mut ledger = Ledger::open(account)?;
            let due = ledger.book.collect_fees()?;
            let book = &ledger.book;
            (
                AuthoritySeeds::of(account.key(), book),
                due,
                book.fees_collected,
                book.line_count == 0,
            )
        };
        let named = policy.treasury != Pubkey::default();
        let (mut burned, mut to_treasury) =
            split_down(due, if named { policy.burn_bps } else { ALL_BPS });
        if to_treasury > 0 {
            let treasury = treasury.as_ref().ok_or(StreamsError::MissingTreasury)?;
            if receiver(treasury, &mint.key(), token_program.key).is_none() {
                require!(over, StreamsError::TreasuryUnreachable);
                (burned, to_treasury) = (due, 0);
            }
        }

        // Interactions
        let (owner, seeds) = (authority.to_account_info(), seeds.as_slices());
        if burned > 0 {
            burn_from_pda(vault, mint, owner.clone(), token_program, &seeds, burned)?;
        }
        if let (Some(treasury), 1..) = (treasury, to_treasury) {
            let treasury = treasury.to_account_info();
            pay_from_pda(vault, treasury, mint, owner, token_program, &seeds, to_treasury)?;
        }

        emit!(FeesCollected { book: account.key(), burned, to_treasury, total_collected });
        Ok(())
    }
}

use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use pinfi_common::token::{burn_from_pda, pay_from_pda};
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

    /// The one the policy names; not needed where all of the fee is burned.
    #[account(mut, address = policy.treasury @ StreamsError::WrongTreasury)]
    pub treasury: Option<Box<InterfaceAccount<'info, TokenAccount>>>,

    pub token_program: Interface<'info, TokenInterface>,
}

impl CollectFees<'_> {
    pub fn handle(ctx: Context<Self>) -> Result<()> {
        let Self { book: account, authority, policy, mint, vault, treasury, token_program } =
            ctx.accounts;

        // Effects
        let (seeds, due, total_collected) = {
            let mut ledger = Ledger::open(account)?;
            let due = ledger.book.collect_fees()?;
            (AuthoritySeeds::of(account.key(), &ledger.book), due, ledger.book.fees_collected)
        };
        // With no treasury named, all of it: fees that go nowhere would keep the book open.
        let burn_bps = if policy.treasury == Pubkey::default() { ALL_BPS } else { policy.burn_bps };
        let (burned, to_treasury) = split_down(due, burn_bps);

        // Interactions
        let (owner, seeds) = (authority.to_account_info(), seeds.as_slices());
        if burned > 0 {
            burn_from_pda(vault, mint, owner.clone(), token_program, &seeds, burned)?;
        }
        if to_treasury > 0 {
            let treasury = treasury.as_ref().ok_or(StreamsError::MissingTreasury)?;
            pay_from_pda(
                vault,
                treasury.to_account_info(),
                mint,
                owner,
                token_program,
                &seeds,
                to_treasury,
            )?;
        }

        emit!(FeesCollected { book: account.key(), burned, to_treasury, total_collected });
        Ok(())
    }
}

use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount};

use crate::{
    errors::StreamsError,
    events::{emit, MintPolicySet},
    state::{Config, MintPolicy},
};

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug)]
pub struct SetMintPolicyArgs {
    /// Least deposit into a book, in base units.
    pub min_deposit: u64,
    /// Token-2022 extensions the mint may carry: bit n = extension type n.
    pub allowed_extensions: u64,
    /// Fee on claims, at most 500.
    pub fee_bps: u16,
    /// Part of the fee that is burned, at most 10,000.
    pub burn_bps: u16,
    /// Whether new books may be opened.
    pub enabled: bool,
}

#[derive(Accounts)]
pub struct SetMintPolicy<'info> {
    pub authority: Signer<'info>,

    /// Pays the account's rent.
    #[account(mut)]
    pub payer: Signer<'info>,

    #[account(
        has_one = authority @ StreamsError::NotAuthority,
        seeds = [Config::SEED],
        bump = config.bump,
    )]
    pub config: Box<Account<'info, Config>>,

    pub mint: Box<InterfaceAccount<'info, Mint>>,

    /// Gets what is not burned of the fee; not needed where there is no such part.
    #[account(
        token::mint = mint,
        constraint = treasury.owner != policy.key() @ StreamsError::EscrowAsTreasury,
    )]
    pub treasury: Option<Box<InterfaceAccount<'info, TokenAccount>>>,

    #[account(
        init_if_needed,
        dup,
        payer = payer,
        space = 8 + MintPolicy::INIT_SPACE,
        seeds = [MintPolicy::SEED, mint.key().as_ref()],
        bump,
    )]
    pub policy: Box<Account<'info, MintPolicy>>,

    pub system_program: Program<'info, System>,
}

impl SetMintPolicy<'_> {
    pub fn handle(ctx: Context<Self>, args: SetMintPolicyArgs) -> Result<()> {
        let Self { mint, treasury, policy, .. } = ctx.accounts;
        let SetMintPolicyArgs { min_deposit, allowed_extensions, fee_bps, burn_bps, enabled } =
            args;

        let treasury = treasury.as_ref().map(|account| account.key()).unwrap_or_default();
        policy.set_inner(MintPolicy {
            mint: mint.key(),
            token_program: *mint.to_account_info().owner,
            treasury,
            min_deposit,
            allowed_extensions,
            fee_bps,
            burn_bps,
            enabled,
            bump: ctx.bumps.policy,
        });
        policy.admit(&mint.to_account_info())?;
        policy.invariant()?;

        emit!(MintPolicySet {
            mint: mint.key(),
            treasury,
            min_deposit,
            allowed_extensions,
            fee_bps,
            burn_bps,
            enabled,
        });
        Ok(())
    }
}

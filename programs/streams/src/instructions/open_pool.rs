use anchor_lang::prelude::*;
use anchor_spl::{
    associated_token::AssociatedToken,
    token_interface::{Mint, TokenAccount, TokenInterface},
};
use pinfi_common::token;

use crate::{
    errors::{require, StreamsError},
    events::{emit, PoolOpened},
    state::{MintPolicy, Pool},
};

#[derive(Accounts)]
#[instruction(id: u16)]
pub struct OpenPool<'info> {
    #[account(mut)]
    pub owner: Signer<'info>,

    pub mint: Box<InterfaceAccount<'info, Mint>>,

    #[account(
        has_one = mint @ StreamsError::WrongMint,
        seeds = [MintPolicy::SEED, policy.mint.as_ref()],
        bump = policy.bump,
    )]
    pub policy: Box<Account<'info, MintPolicy>>,

    #[account(
        init,
        payer = owner,
        space = 8 + Pool::INIT_SPACE,
        seeds = [Pool::SEED, owner.key().as_ref(), mint.key().as_ref(), &id.to_le_bytes()],
        bump,
    )]
    pub pool: Box<Account<'info, Pool>>,

    /// Anybody may have created it before; that does no harm.
    #[account(
        init_if_needed,
        dup,
        payer = owner,
        associated_token::mint = mint,
        associated_token::authority = pool,
        associated_token::token_program = token_program,
    )]
    pub vault: Box<InterfaceAccount<'info, TokenAccount>>,

    pub token_program: Interface<'info, TokenInterface>,
    pub associated_token_program: Program<'info, AssociatedToken>,
    pub system_program: Program<'info, System>,
}

impl OpenPool<'_> {
    pub fn handle(ctx: Context<Self>, id: u16) -> Result<()> {
        let Self { owner, mint, policy, pool, vault, .. } = ctx.accounts;

        // A line can pay a pool that was closed: its owner must be able to get at that, whatever has
        // become of the policy. A policy allows no extension by which that could do harm.
        if vault.amount == 0 {
            require!(policy.enabled, StreamsError::MintNotEnabled);
            policy.admit(mint.as_ref().as_ref())?;
        }
        require!(token::is_clean(vault), StreamsError::VaultNotClean);
        pool.set_inner(Pool {
            owner: owner.key(),
            mint: mint.key(),
            vault: vault.key(),
            index: 0,
            total_units: 0,
            carried: 0,
            distributed: 0,
            claimed: 0,
            unshared: 0,
            members: 0,
            id,
            bump: ctx.bumps.pool,
        });

        emit!(PoolOpened { pool: pool.key(), owner: owner.key(), mint: mint.key(), id });
        Ok(())
    }
}

use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use pinfi_common::token::{close_vault, pay_from_pda};

use crate::{
    errors::StreamsError,
    events::{emit, PoolClosed},
    state::{Pool, PoolSeeds},
};

#[derive(Accounts)]
pub struct ClosePool<'info> {
    /// Gets back the rent of both accounts and what no member could claim.
    #[account(mut)]
    pub owner: Signer<'info>,

    #[account(
        mut,
        dup,
        close = owner,
        has_one = owner @ StreamsError::NotPoolOwner,
        has_one = mint @ StreamsError::WrongMint,
        has_one = vault @ StreamsError::WrongVault,
        constraint = pool.members == 0 @ StreamsError::PoolNotEmpty,
    )]
    pub pool: Box<Account<'info, Pool>>,

    pub mint: Box<InterfaceAccount<'info, Mint>>,

    #[account(mut, dup)]
    pub vault: Box<InterfaceAccount<'info, TokenAccount>>,

    #[account(
        mut,
        dup,
        constraint = destination.key() != vault.key() @ ErrorCode::ConstraintDuplicateMutableAccount,
        constraint = destination.owner == owner.key() @ StreamsError::NotPayerAccount,
        token::mint = mint,
        token::token_program = token_program,
    )]
    pub destination: Box<InterfaceAccount<'info, TokenAccount>>,

    pub token_program: Interface<'info, TokenInterface>,
}

impl ClosePool<'_> {
    pub fn handle(ctx: Context<Self>) -> Result<()> {
        let Self { owner, pool, mint, vault, destination, token_program } = ctx.accounts;

        let seeds = PoolSeeds::of(pool);
        let (signer, seeds) = (pool.to_account_info(), seeds.as_slices());
        let amount = vault.amount;
        if amount > 0 {
            pay_from_pda(
                vault,
                destination.to_account_info(),
                mint,
                signer.clone(),
                token_program,
                &seeds,
                amount,
            )?;
        }
        close_vault(vault, owner.to_account_info(), signer, token_program, &seeds)?;

        emit!(PoolClosed {
            pool: pool.key(),
            owner: owner.key(),
            amount,
            total_distributed: pool.distributed,
        });
        Ok(())
    }
}

use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use pinfi_common::token::{close_vault, pay_from_pda};

use crate::{
    errors::StreamsError,
    events::{emit, TokensRecovered},
    state::{Pool, PoolSeeds},
};

#[derive(Accounts)]
pub struct RecoverTokens<'info> {
    /// Gets the rent of the account that is closed.
    #[account(mut)]
    pub owner: Signer<'info>,

    #[account(has_one = owner @ StreamsError::NotPoolOwner)]
    pub pool: Box<Account<'info, Pool>>,

    /// Of the account, whether it is the pool's or not.
    pub mint: Box<InterfaceAccount<'info, Mint>>,

    /// Any token account of the pool's but its vault.
    #[account(
        mut,
        dup,
        constraint = stray.key() != destination.key() @ ErrorCode::ConstraintDuplicateMutableAccount,
        constraint = stray.owner == pool.key() && stray.key() != pool.vault
            @ StreamsError::WrongVault,
        token::mint = mint,
        token::token_program = token_program,
    )]
    pub stray: Box<InterfaceAccount<'info, TokenAccount>>,

    /// The pool's vault where the mint is the pool's: those tokens are its members'. Else any account of
    /// the owner's.
    #[account(
        mut,
        dup,
        constraint = Self::may_get(&pool, &destination) @ StreamsError::WrongRecovery,
        token::mint = mint,
        token::token_program = token_program,
    )]
    pub destination: Box<InterfaceAccount<'info, TokenAccount>>,

    pub token_program: Interface<'info, TokenInterface>,
}

impl RecoverTokens<'_> {
    fn may_get(pool: &Account<Pool>, destination: &InterfaceAccount<TokenAccount>) -> bool {
        if destination.mint == pool.mint {
            destination.key() == pool.vault
        } else {
            destination.owner == pool.owner
        }
    }

    pub fn handle(ctx: Context<Self>) -> Result<()> {
        let Self { owner, pool, mint, stray, destination, token_program } = ctx.accounts;

        let seeds = PoolSeeds::of(pool);
        let (signer, seeds) = (pool.to_account_info(), seeds.as_slices());
        let amount = stray.amount;
        if amount > 0 {
            let to = destination.to_account_info();
            pay_from_pda(stray, to, mint, signer.clone(), token_program, &seeds, amount)?;
        }
        close_vault(stray, owner.to_account_info(), signer, token_program, &seeds)?;

        let destination = destination.key();
        emit!(TokensRecovered { pool: pool.key(), mint: mint.key(), destination, amount });
        Ok(())
    }
}

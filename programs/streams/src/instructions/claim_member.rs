use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use pinfi_common::token::pay_from_pda;

use crate::{
    errors::StreamsError,
    events::MemberClaimed,
    state::{Member, Pool, PoolSeeds},
};

#[derive(Accounts)]
pub struct ClaimMember<'info> {
    #[account(
        mut,
        has_one = mint @ StreamsError::WrongMint,
        has_one = vault @ StreamsError::WrongVault,
    )]
    pub pool: Account<'info, Pool>,

    #[account(mut, has_one = pool @ StreamsError::WrongPool)]
    pub member: Account<'info, Member>,

    pub mint: InterfaceAccount<'info, Mint>,

    #[account(mut)]
    pub vault: InterfaceAccount<'info, TokenAccount>,

    /// Any token account that is the member's at this moment; anybody may push to it.
    #[account(
        mut,
        constraint = destination.owner == member.who @ StreamsError::NotPayeeAccount,
        token::mint = mint,
        token::token_program = token_program,
    )]
    pub destination: InterfaceAccount<'info, TokenAccount>,

    pub token_program: Interface<'info, TokenInterface>,
}

impl ClaimMember<'_> {
    pub fn handle(ctx: Context<Self>) -> Result<()> {
        let Self { pool, member, mint, vault, destination, token_program } = ctx.accounts;

        // Effects
        let amount = pool.claim(member)?;

        // Interactions
        pay_from_pda(
            vault,
            destination.to_account_info(),
            mint,
            pool.to_account_info(),
            token_program,
            &PoolSeeds::of(pool).as_slices(),
            amount,
        )?;

        emit!(MemberClaimed {
            pool: pool.key(),
            who: member.who,
            amount,
            total_claimed: member.claimed,
        });
        Ok(())
    }
}

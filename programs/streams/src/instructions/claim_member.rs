use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use pinfi_common::token::{can_sign, is_associated, is_clean, pay_from_pda};

use crate::{
    errors::{require, StreamsError},
    events::{emit, Distributed, MemberClaimed},
    state::{Member, Pool, PoolSeeds},
};

#[derive(Accounts)]
pub struct ClaimMember<'info> {
    #[account(
        mut,
        dup,
        has_one = mint @ StreamsError::WrongMint,
        has_one = vault @ StreamsError::WrongVault,
    )]
    pub pool: Box<Account<'info, Pool>>,

    #[account(mut, dup, has_one = pool @ StreamsError::WrongPool)]
    pub member: Box<Account<'info, Member>>,

    pub mint: Box<InterfaceAccount<'info, Mint>>,

    #[account(mut, dup)]
    pub vault: Box<InterfaceAccount<'info, TokenAccount>>,

    /// The member's associated token account; if the member signs, any of his.
    #[account(
        mut,
        dup,
        constraint = destination.key() != vault.key() @ ErrorCode::ConstraintDuplicateMutableAccount,
        constraint = destination.owner == member.who @ StreamsError::NotPayeeAccount,
        token::mint = mint,
        token::token_program = token_program,
    )]
    pub destination: Box<InterfaceAccount<'info, TokenAccount>>,

    pub token_program: Interface<'info, TokenInterface>,

    /// The member, who picks the account; not needed where the associated one is paid.
    pub who: Option<Signer<'info>>,
}

impl ClaimMember<'_> {
    /// `bump` is that of the member's associated token account; of no interest where the member signs.
    ///
    /// What is owed to a member without units goes to any account of his that nobody else has a hand
    /// on, so that he cannot hold the pool open by giving the associated one away.
    pub fn handle(ctx: Context<Self>, bump: u8) -> Result<()> {
        let Self { pool, member, mint, vault, destination, token_program, who } = ctx.accounts;

        // Checks
        let picked = who.as_ref().is_some_and(|who| who.key() == member.who);
        let associated =
            is_associated(&destination.key(), &member.who, token_program.key, &mint.key(), bump);
        let left_over = member.units == 0 && is_clean(destination) && can_sign(&member.who);
        require!(picked || associated || left_over, StreamsError::NotAssociated);

        // Effects
        let shared = pool.share(vault.amount)?;
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

        if shared > 0 {
            let total_distributed = pool.distributed;
            emit!(Distributed { pool: pool.key(), amount: shared, total_distributed });
        }
        emit!(MemberClaimed {
            pool: pool.key(),
            who: member.who,
            amount,
            total_claimed: member.claimed,
        });
        Ok(())
    }
}

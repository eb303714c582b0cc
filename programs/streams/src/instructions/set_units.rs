use anchor_lang::prelude::*;
use anchor_spl::token_interface::TokenAccount;

use crate::{
    errors::{require, StreamsError},
    events::{emit, Distributed, UnitsSet},
    state::{Member, Pool},
};

#[derive(Accounts)]
#[instruction(who: Pubkey)]
pub struct SetUnits<'info> {
    #[account(mut)]
    pub owner: Signer<'info>,

    #[account(
        mut,
        dup,
        has_one = owner @ StreamsError::NotPoolOwner,
        has_one = vault @ StreamsError::WrongVault,
    )]
    pub pool: Box<Account<'info, Pool>>,

    /// What has come in goes to the units held until now.
    pub vault: Box<InterfaceAccount<'info, TokenAccount>>,

    #[account(
        init_if_needed,
        dup,
        payer = owner,
        space = 8 + Member::INIT_SPACE,
        seeds = [Member::SEED, pool.key().as_ref(), who.as_ref()],
        bump,
    )]
    pub member: Box<Account<'info, Member>>,

    pub system_program: Program<'info, System>,
}

impl SetUnits<'_> {
    /// What counts is when money reaches the vault, not when it was earned: a line that pays the pool
    /// may owe it more than the vault holds, and the program cannot know all such lines. Claim them
    /// first, or what they owe is shared by the new units.
    pub fn handle(ctx: Context<Self>, who: Pubkey, units: u64) -> Result<()> {
        let Self { pool, vault, member, .. } = ctx.accounts;

        require!(who != Pubkey::default() && who != pool.key(), StreamsError::InvalidPayee);
        let shared = pool.share(vault.amount)?;
        if member.pool == Pubkey::default() {
            // A new member has a part in what comes, not in what was.
            member.set_inner(Member {
                pool: pool.key(),
                who,
                units: 0,
                index: pool.index,
                owed: 0,
                claimed: 0,
                bump: ctx.bumps.member,
            });
            pool.members = pool.members.checked_add(1).ok_or(StreamsError::MathOverflow)?;
        }
        pool.set_units(member, units)?;

        if shared > 0 {
            let total_distributed = pool.distributed;
            emit!(Distributed { pool: pool.key(), amount: shared, total_distributed });
        }
        emit!(UnitsSet { pool: pool.key(), who, units, total_units: pool.total_units });
        Ok(())
    }
}

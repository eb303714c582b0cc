use anchor_lang::prelude::*;

use crate::{
    errors::StreamsError,
    events::{emit, MemberClosed},
    state::{Member, Pool},
};

#[derive(Accounts)]
pub struct CloseMember<'info> {
    /// CHECK: the pool's owner by `has_one`; gets the rent back, whoever asks.
    #[account(mut)]
    pub owner: UncheckedAccount<'info>,

    #[account(mut, dup, has_one = owner @ StreamsError::NotPoolOwner)]
    pub pool: Box<Account<'info, Pool>>,

    #[account(
        mut,
        dup,
        close = owner,
        has_one = pool @ StreamsError::WrongPool,
        constraint = member.is_over() @ StreamsError::MemberNotOver,
    )]
    pub member: Box<Account<'info, Member>>,
}

impl CloseMember<'_> {
    pub fn handle(ctx: Context<Self>) -> Result<()> {
        let Self { pool, member, .. } = ctx.accounts;

        pool.members -= 1;

        emit!(MemberClosed { pool: pool.key(), who: member.who });
        Ok(())
    }
}

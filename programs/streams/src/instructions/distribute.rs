use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use pinfi_common::token::pull;

use crate::{
    errors::{require_gt, StreamsError},
    events::{emit, Distributed},
    state::Pool,
};

#[derive(Accounts)]
pub struct Distribute<'info> {
    /// Anybody: a gift to a pool is shared like any other money. If it is the pool's owner, what came in
    /// while nobody had units is shared with it.
    pub funder: Signer<'info>,

    #[account(
        mut,
        dup,
        has_one = mint @ StreamsError::WrongMint,
        has_one = vault @ StreamsError::WrongVault,
    )]
    pub pool: Box<Account<'info, Pool>>,

    pub mint: Box<InterfaceAccount<'info, Mint>>,

    #[account(
        mut,
        dup,
        constraint = source.key() != vault.key() @ ErrorCode::ConstraintDuplicateMutableAccount,
        token::mint = mint,
        token::token_program = token_program,
    )]
    pub source: Box<InterfaceAccount<'info, TokenAccount>>,

    #[account(mut, dup)]
    pub vault: Box<InterfaceAccount<'info, TokenAccount>>,

    pub token_program: Interface<'info, TokenInterface>,
}

impl Distribute<'_> {
    /// Puts `amount` in, and shares all that has reached the vault since members have units; with an
    /// `amount` of zero, what others have sent there. What came before is the owner's to share.
    pub fn handle(ctx: Context<Self>, amount: u64) -> Result<()> {
        let Self { funder, pool, mint, source, vault, token_program } = ctx.accounts;

        // Checks
        require_gt!(pool.total_units, 0, StreamsError::NoUnits);

        // Interactions come first here: what arrives is what is shared.
        let gained = pull(source, vault, mint, funder, token_program, amount)?;
        pool.distributed.checked_add(gained).ok_or(StreamsError::MathOverflow)?;

        // Effects
        if funder.key() == pool.owner {
            pool.offer_unshared();
        }
        let amount = pool.share(vault.amount)?;
        require_gt!(amount, 0, StreamsError::ZeroAmount);

        emit!(Distributed { pool: pool.key(), amount, total_distributed: pool.distributed });
        Ok(())
    }
}

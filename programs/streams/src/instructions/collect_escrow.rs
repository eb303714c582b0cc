use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use pinfi_common::token::{pay_from_pda, receiver};

use crate::{
    errors::{require, require_gt, StreamsError},
    events::{emit, EscrowCollected},
    state::{MintPolicy, PolicySeeds},
};

#[derive(Accounts)]
pub struct CollectEscrow<'info> {
    #[account(
        has_one = mint @ StreamsError::WrongMint,
        constraint = policy.named_treasury().is_some() @ StreamsError::MissingTreasury,
        seeds = [MintPolicy::SEED, policy.mint.as_ref()],
        bump = policy.bump,
    )]
    pub policy: Box<Account<'info, MintPolicy>>,

    pub mint: Box<InterfaceAccount<'info, Mint>>,

    /// The policy's token account, or any other that somebody has made for it.
    #[account(
        mut,
        dup,
        constraint = escrow.owner == policy.key() @ StreamsError::WrongEscrow,
        token::mint = mint,
        token::token_program = token_program,
    )]
    pub escrow: Box<InterfaceAccount<'info, TokenAccount>>,

    /// CHECK: the one the policy names.
    #[account(mut, address = policy.treasury @ StreamsError::WrongTreasury)]
    pub treasury: UncheckedAccount<'info>,

    pub token_program: Interface<'info, TokenInterface>,
}

impl CollectEscrow<'_> {
    /// Pays all that waits in the escrow to the treasury. While none is named it waits on: the burned
    /// share of the fees never came here, and nobody may burn the rest.
    pub fn handle(ctx: Context<Self>) -> Result<()> {
        let Self { policy, mint, escrow, treasury, token_program } = ctx.accounts;

        // Checks
        let amount = escrow.amount;
        require_gt!(amount, 0, StreamsError::NothingToCollect);
        // An account given away to the policy would be paid out of itself.
        let open = treasury.key() != escrow.key()
            && receiver(treasury, &mint.key(), token_program.key).is_some();
        require!(open, StreamsError::FeesUndeliverable);

        // Interactions
        let seeds = PolicySeeds::of(policy);
        let (owner, seeds) = (policy.to_account_info(), seeds.as_slices());
        let to = treasury.to_account_info();
        pay_from_pda(escrow, to, mint, owner, token_program, &seeds, amount)?;

        emit!(EscrowCollected { mint: mint.key(), to_treasury: amount });
        Ok(())
    }
}

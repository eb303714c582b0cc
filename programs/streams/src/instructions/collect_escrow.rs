use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use pinfi_common::token::{burn_from_pda, is_native, pay_from_pda, receiver};

use crate::{
    errors::StreamsError,
    events::EscrowCollected,
    state::{MintPolicy, PolicySeeds},
};

#[derive(Accounts)]
pub struct CollectEscrow<'info> {
    #[account(
        has_one = mint @ StreamsError::WrongMint,
        seeds = [MintPolicy::SEED, policy.mint.as_ref()],
        bump = policy.bump,
    )]
    pub policy: Account<'info, MintPolicy>,

    #[account(mut)]
    pub mint: InterfaceAccount<'info, Mint>,

    /// The policy's token account, or any other that somebody has made for it.
    #[account(
        mut,
        constraint = escrow.owner == policy.key() @ StreamsError::WrongEscrow,
        token::mint = mint,
        token::token_program = token_program,
    )]
    pub escrow: InterfaceAccount<'info, TokenAccount>,

    /// CHECK: the one the policy names; not needed where it names none.
    #[account(mut, address = policy.treasury @ StreamsError::WrongTreasury)]
    pub treasury: Option<UncheckedAccount<'info>>,

    pub token_program: Interface<'info, TokenInterface>,
}

impl CollectEscrow<'_> {
    /// Pays all that waits in the escrow to the treasury; with none named, burns it, as far as the
    /// mint can be burned. The burned share of the fees never came here.
    pub fn handle(ctx: Context<Self>) -> Result<()> {
        let Self { policy, mint, escrow, treasury, token_program } = ctx.accounts;

        // Checks
        let amount = escrow.amount;
        require_gt!(amount, 0, StreamsError::NothingToCollect);
        let named = policy.named_treasury().is_some();
        require!(named || !is_native(&mint.key()), StreamsError::MissingTreasury);

        // Interactions
        let seeds = PolicySeeds::of(policy);
        let (owner, seeds) = (policy.to_account_info(), seeds.as_slices());
        let (burned, to_treasury) = if named { (0, amount) } else { (amount, 0) };
        if named {
            let treasury = treasury.as_ref().ok_or(StreamsError::MissingTreasury)?;
            let treasury = treasury.to_account_info();
            let open = receiver(&treasury, &mint.key(), token_program.key).is_some();
            require!(open, StreamsError::FeesUndeliverable);
            pay_from_pda(escrow, treasury, mint, owner, token_program, &seeds, amount)?;
        } else {
            burn_from_pda(escrow, mint, owner, token_program, &seeds, amount)?;
        }

        emit!(EscrowCollected { mint: mint.key(), burned, to_treasury });
        Ok(())
    }
}

use anchor_lang::prelude::*;

use crate::{
    errors::{require_eq, RegistryError},
    events::{emit, OperatorRegistered},
    state::{Config, Operator, Payout},
};

#[derive(Accounts)]
#[instruction(id: u32)]
pub struct RegisterOperator<'info> {
    /// Becomes the operator's authority.
    #[account(mut)]
    pub authority: Signer<'info>,

    #[account(mut, dup, seeds = [Config::SEED], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,

    #[account(
        init,
        payer = authority,
        space = 8 + Operator::INIT_SPACE,
        seeds = [Operator::SEED, &id.to_le_bytes()],
        bump,
    )]
    pub operator: Box<Account<'info, Operator>>,

    pub system_program: Program<'info, System>,
}

impl RegisterOperator<'_> {
    pub fn handle(ctx: Context<Self>, id: u32, payout: Vec<Payout>) -> Result<()> {
        let Self { authority, config, operator, .. } = ctx.accounts;
        let now = Clock::get()?.unix_timestamp;

        config.pause.require_running(now).map_err(RegistryError::from)?;
        require_eq!(id, config.enter_operator()?, RegistryError::WrongOperatorId);
        operator.set_inner(Operator {
            authority: authority.key(),
            nominated: Pubkey::default(),
            id,
            registered_at: now,
            payout: Default::default(),
            bump: ctx.bumps.operator,
        });
        operator.set_payout(&payout)?;

        emit!(OperatorRegistered {
            operator: operator.key(),
            id,
            authority: authority.key(),
            total_operators: config.operators,
        });
        Ok(())
    }
}

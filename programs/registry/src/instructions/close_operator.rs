use anchor_lang::prelude::*;

use crate::{
    errors::RegistryError,
    events::{emit, OperatorClosed},
    state::{Config, Operator},
};

#[derive(Accounts)]
pub struct CloseOperator<'info> {
    /// Gets the account's rent.
    #[account(mut)]
    pub authority: Signer<'info>,

    #[account(mut, dup, seeds = [Config::SEED], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,

    #[account(
        mut,
        dup,
        close = authority,
        has_one = authority @ RegistryError::NotOperator,
    )]
    pub operator: Box<Account<'info, Operator>>,
}

impl CloseOperator<'_> {
    pub fn handle(ctx: Context<Self>) -> Result<()> {
        let Self { config, operator, .. } = ctx.accounts;

        config.leave_operator();

        let (operator, id) = (operator.key(), operator.id);
        emit!(OperatorClosed { operator, id, total_operators: config.operators });
        Ok(())
    }
}

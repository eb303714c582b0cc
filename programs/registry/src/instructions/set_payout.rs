use anchor_lang::prelude::*;

use crate::{
    errors::RegistryError,
    events::{emit, PayoutSet},
    state::{Operator, Payout},
};

#[derive(Accounts)]
pub struct SetPayout<'info> {
    pub authority: Signer<'info>,

    #[account(mut, dup, has_one = authority @ RegistryError::NotOperator)]
    pub operator: Box<Account<'info, Operator>>,
}

impl SetPayout<'_> {
    pub fn handle(ctx: Context<Self>, payout: Vec<Payout>) -> Result<()> {
        let operator = &mut ctx.accounts.operator;

        operator.set_payout(&payout)?;

        emit!(PayoutSet { operator: operator.key(), recipients: operator.recipients() });
        Ok(())
    }
}

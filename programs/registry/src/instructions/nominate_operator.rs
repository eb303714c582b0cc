use anchor_lang::prelude::*;
use pinfi_common::governance::Handover;

use crate::{
    errors::RegistryError,
    events::{emit, OperatorNominated},
    state::Operator,
};

#[derive(Accounts)]
pub struct NominateOperator<'info> {
    pub authority: Signer<'info>,

    #[account(mut, dup, has_one = authority @ RegistryError::NotOperator)]
    pub operator: Box<Account<'info, Operator>>,
}

impl NominateOperator<'_> {
    pub fn handle(ctx: Context<Self>, nominee: Pubkey) -> Result<()> {
        let operator = &mut ctx.accounts.operator;

        operator.nominate(nominee);

        emit!(OperatorNominated { operator: operator.key(), nominee });
        Ok(())
    }
}

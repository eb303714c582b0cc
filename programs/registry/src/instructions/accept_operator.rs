use anchor_lang::prelude::*;
use pinfi_common::governance::Handover;

use crate::{
    errors::{require, RegistryError},
    events::{emit, OperatorAccepted},
    state::Operator,
};

#[derive(Accounts)]
pub struct AcceptOperator<'info> {
    pub nominee: Signer<'info>,

    #[account(mut, dup)]
    pub operator: Box<Account<'info, Operator>>,
}

impl AcceptOperator<'_> {
    pub fn handle(ctx: Context<Self>) -> Result<()> {
        let Self { nominee, operator } = ctx.accounts;

        require!(operator.accept(nominee.key()), RegistryError::NotNominated);

        emit!(OperatorAccepted { operator: operator.key(), authority: nominee.key() });
        Ok(())
    }
}

use anchor_lang::prelude::*;
use pinfi_common::governance::Handover;

use crate::{
    errors::{require, RegistryError},
    events::{emit, AuthorityAccepted},
    state::Config,
};

#[derive(Accounts)]
pub struct AcceptAuthority<'info> {
    pub nominee: Signer<'info>,

    #[account(
        mut,
        dup,
        seeds = [Config::SEED],
        bump = config.bump,
    )]
    pub config: Box<Account<'info, Config>>,
}

impl AcceptAuthority<'_> {
    pub fn handle(ctx: Context<Self>) -> Result<()> {
        let Self { nominee, config } = ctx.accounts;

        require!(config.accept(nominee.key()), RegistryError::NotNominated);

        emit!(AuthorityAccepted { authority: nominee.key() });
        Ok(())
    }
}

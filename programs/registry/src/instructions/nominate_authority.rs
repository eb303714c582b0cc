use anchor_lang::prelude::*;
use pinfi_common::governance::Handover;

use crate::{
    errors::RegistryError,
    events::{emit, AuthorityNominated},
    state::Config,
};

#[derive(Accounts)]
pub struct NominateAuthority<'info> {
    pub authority: Signer<'info>,

    #[account(
        mut,
        dup,
        has_one = authority @ RegistryError::NotAuthority,
        seeds = [Config::SEED],
        bump = config.bump,
    )]
    pub config: Box<Account<'info, Config>>,
}

impl NominateAuthority<'_> {
    pub fn handle(ctx: Context<Self>, nominee: Pubkey) -> Result<()> {
        let Self { authority, config } = ctx.accounts;

        config.nominate(nominee);

        emit!(AuthorityNominated { authority: authority.key(), nominee });
        Ok(())
    }
}

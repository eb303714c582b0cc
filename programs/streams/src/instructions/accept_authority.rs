use anchor_lang::prelude::*;

use crate::{
    errors::StreamsError,
    events::{emit, AuthorityAccepted},
    state::Config,
};

#[derive(Accounts)]
pub struct AcceptAuthority<'info> {
    pub nominee: Signer<'info>,

    #[account(
        mut,
        dup,
        constraint = config.nominated == nominee.key() @ StreamsError::NotNominated,
        seeds = [Config::SEED],
        bump = config.bump,
    )]
    pub config: Box<Account<'info, Config>>,
}

impl AcceptAuthority<'_> {
    pub fn handle(ctx: Context<Self>) -> Result<()> {
        let Self { nominee, config } = ctx.accounts;

        config.authority = nominee.key();
        config.nominated = Pubkey::default();

        emit!(AuthorityAccepted { authority: nominee.key() });
        Ok(())
    }
}

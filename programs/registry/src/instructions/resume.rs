use anchor_lang::prelude::*;

use crate::{
    errors::RegistryError,
    events::{emit, Resumed},
    state::Config,
};

#[derive(Accounts)]
pub struct Resume<'info> {
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

impl Resume<'_> {
    pub fn handle(ctx: Context<Self>) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;

        ctx.accounts.config.pause.resume(now).map_err(RegistryError::from)?;

        emit!(Resumed { at: now });
        Ok(())
    }
}

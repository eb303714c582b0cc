use anchor_lang::prelude::*;

use crate::{
    errors::RegistryError,
    events::{emit, Paused},
    state::Config,
};

#[derive(Accounts)]
pub struct Pause<'info> {
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

impl Pause<'_> {
    /// Entries only: whoever is in gets out at any time.
    pub fn handle(ctx: Context<Self>, until: i64) -> Result<()> {
        let pause = &mut ctx.accounts.config.pause;

        pause.pause(until, Clock::get()?.unix_timestamp).map_err(RegistryError::from)?;

        emit!(Paused { from: pause.from, until });
        Ok(())
    }
}

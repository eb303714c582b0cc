use anchor_lang::prelude::*;
use pinfi_common::{
    authority::{is_upgrade_authority, ProgramData},
    governance::Pause,
};

use crate::{
    errors::{require, RegistryError},
    events::{emit, Initialized},
    program::Registry,
    state::Config,
};

#[derive(Accounts)]
pub struct Initialize<'info> {
    /// Pays the account's rent.
    #[account(mut)]
    pub payer: Signer<'info>,

    /// Deployed the program: nobody else can be first.
    pub upgrade_authority: Signer<'info>,

    #[account(
        init,
        payer = payer,
        space = 8 + Config::INIT_SPACE,
        seeds = [Config::SEED],
        bump,
    )]
    pub config: Box<Account<'info, Config>>,

    pub program: Program<'info, Registry>,

    pub program_data: Box<Account<'info, ProgramData>>,

    pub system_program: Program<'info, System>,
}

impl Initialize<'_> {
    pub fn handle(ctx: Context<Self>, authority: Pubkey) -> Result<()> {
        let Self { upgrade_authority, config, program, program_data, .. } = ctx.accounts;

        require!(
            is_upgrade_authority(program, program_data, upgrade_authority)?,
            RegistryError::NotUpgradeAuthority
        );
        config.set_inner(Config {
            authority,
            nominated: Pubkey::default(),
            pause: Pause::default(),
            next_operator: 0,
            operators: 0,
            total_target_bps: 0,
            bump: ctx.bumps.config,
        });

        emit!(Initialized { authority });
        Ok(())
    }
}

use anchor_lang::prelude::*;

use crate::{
    errors::{require, RegistryError},
    events::{emit, RegionSet},
    state::{Config, Region},
};

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug)]
pub struct SetRegionArgs {
    /// UTF-8, filled up with zeros; not empty.
    pub name: [u8; 32],
    /// ISO 3166-1 number of the country whose law holds there.
    pub jurisdiction: u16,
    /// Part of the GPU-equivalents that is wished to be there, in basis points.
    pub target_bps: u16,
    /// Whether new nodes may be in it.
    pub enabled: bool,
}

#[derive(Accounts)]
#[instruction(id: u16)]
pub struct SetRegion<'info> {
    pub authority: Signer<'info>,

    /// Pays the account's rent.
    #[account(mut)]
    pub payer: Signer<'info>,

    #[account(
        mut,
        dup,
        has_one = authority @ RegistryError::NotAuthority,
        seeds = [Config::SEED],
        bump = config.bump,
    )]
    pub config: Box<Account<'info, Config>>,

    #[account(
        init_if_needed,
        dup,
        payer = payer,
        space = 8 + Region::INIT_SPACE,
        seeds = [Region::SEED, &id.to_le_bytes()],
        bump,
    )]
    pub region: Box<Account<'info, Region>>,

    pub system_program: Program<'info, System>,
}

impl SetRegion<'_> {
    pub fn handle(ctx: Context<Self>, id: u16, args: SetRegionArgs) -> Result<()> {
        let Self { config, region, .. } = ctx.accounts;
        let SetRegionArgs { name, jurisdiction, target_bps, enabled } = args;

        // No region is without a name: this one is being made.
        let is_new = region.name[0] == 0;
        require!(is_new || region.jurisdiction == jurisdiction, RegistryError::RegionFixed);
        config.retarget(region.target_bps, target_bps)?;
        let bump = ctx.bumps.region;
        region.set_inner(Region { name, id, jurisdiction, target_bps, enabled, bump });
        region.invariant()?;

        let total_target_bps = config.total_target_bps;
        emit!(RegionSet { id, name, jurisdiction, target_bps, enabled, total_target_bps });
        Ok(())
    }
}

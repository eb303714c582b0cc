use anchor_lang::prelude::*;

use crate::{
    errors::{require, RegistryError},
    events::{emit, ClassSet},
    state::{Config, HardwareClass, HardwareKind},
};

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug)]
pub struct SetClassArgs {
    /// UTF-8, filled up with zeros; not empty.
    pub name: [u8; 32],
    pub kind: HardwareKind,
    /// Thousandths of an H100 SXM, at most 1,000,000; more than 0 for compute, 0 for all else.
    pub gpu_eq_milli: u32,
    /// MiB of one unit.
    pub memory_mib: u32,
    /// Least result in the class's benchmark.
    pub min_benchmark: u32,
    /// Whether units are joined by a link of their own.
    pub interconnect: bool,
    /// US cents for one unit, at most 100,000,000.
    pub bond_cents: u64,
    /// Whether new nodes may be of it.
    pub enabled: bool,
}

#[derive(Accounts)]
#[instruction(id: u16)]
pub struct SetClass<'info> {
    pub authority: Signer<'info>,

    /// Pays the account's rent.
    #[account(mut)]
    pub payer: Signer<'info>,

    #[account(
        has_one = authority @ RegistryError::NotAuthority,
        seeds = [Config::SEED],
        bump = config.bump,
    )]
    pub config: Box<Account<'info, Config>>,

    #[account(
        init_if_needed,
        dup,
        payer = payer,
        space = 8 + HardwareClass::INIT_SPACE,
        seeds = [HardwareClass::SEED, &id.to_le_bytes()],
        bump,
    )]
    pub class: Box<Account<'info, HardwareClass>>,

    pub system_program: Program<'info, System>,
}

impl SetClass<'_> {
    pub fn handle(ctx: Context<Self>, id: u16, args: SetClassArgs) -> Result<()> {
        let class = &mut ctx.accounts.class;
        let SetClassArgs {
            name,
            kind,
            gpu_eq_milli,
            memory_mib,
            min_benchmark,
            interconnect,
            bond_cents,
            enabled,
        } = args;

        // No class is without a name: this one is being made.
        let is_new = class.name[0] == 0;
        require!(
            is_new || (class.kind == kind && class.gpu_eq_milli == gpu_eq_milli),
            RegistryError::ClassFixed
        );
        class.set_inner(HardwareClass {
            name,
            id,
            kind,
            gpu_eq_milli,
            memory_mib,
            min_benchmark,
            interconnect,
            bond_cents,
            enabled,
            bump: ctx.bumps.class,
        });
        class.invariant()?;

        emit!(ClassSet {
            id,
            name,
            kind,
            gpu_eq_milli,
            memory_mib,
            min_benchmark,
            interconnect,
            bond_cents,
            enabled,
        });
        Ok(())
    }
}

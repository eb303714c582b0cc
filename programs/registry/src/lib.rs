//! The machines of the network: what kinds there are (*classes*), where they stand (*regions*) and who
//! runs them (*operators*).
//!
//! The authority makes classes and regions. What others rely on in them never changes: a class's kind
//! and what its unit is worth, a region's jurisdiction. Anybody registers as an operator, says among
//! whom his pay is split, and can hand the operator over to another key without losing its number. The
//! authority may stop new registrations for a time that ends by itself; nobody in is held by that.

use anchor_lang::prelude::*;

pub mod errors;
pub mod events;
pub mod instructions;
pub mod state;

use instructions::*;
use state::Payout;

pinfi_common::declare_id!("FQnHtaids586hGCEfcxncyVbFhK6h5VG6qA2CpTKuvN8");

#[cfg(feature = "own-entrypoint")]
pinfi_common::entrypoint!(anchor: entry);

#[program]
pub mod registry {
    use super::*;

    /// Sets the program up; the upgrade authority must sign.
    pub fn initialize(ctx: Context<Initialize>, authority: Pubkey) -> Result<()> {
        Initialize::handle(ctx, authority)
    }

    /// Names the next authority, who must accept.
    pub fn nominate_authority(ctx: Context<NominateAuthority>, nominee: Pubkey) -> Result<()> {
        NominateAuthority::handle(ctx, nominee)
    }

    /// Takes over as the authority.
    pub fn accept_authority(ctx: Context<AcceptAuthority>) -> Result<()> {
        AcceptAuthority::handle(ctx)
    }

    /// Takes no new operators until a time, or moves the end of a pause that lasts: 72 hours from its
    /// beginning at most. After a pause the program runs for four times as long before the next one.
    pub fn pause(ctx: Context<Pause>, until: i64) -> Result<()> {
        Pause::handle(ctx, until)
    }

    /// Ends a pause at once.
    pub fn resume(ctx: Context<Resume>) -> Result<()> {
        Resume::handle(ctx)
    }

    /// Makes a class of hardware, or changes what may change of it: not its kind, and not what a unit
    /// of it is worth.
    pub fn set_class(ctx: Context<SetClass>, id: u16, args: SetClassArgs) -> Result<()> {
        SetClass::handle(ctx, id, args)
    }

    /// Makes a region, or changes what may change of it: not its jurisdiction.
    pub fn set_region(ctx: Context<SetRegion>, id: u16, args: SetRegionArgs) -> Result<()> {
        SetRegion::handle(ctx, id, args)
    }

    /// Registers an operator under the next number; anybody may.
    pub fn register_operator(
        ctx: Context<RegisterOperator>,
        id: u32,
        payout: Vec<Payout>,
    ) -> Result<()> {
        RegisterOperator::handle(ctx, id, payout)
    }

    /// Says among whom an operator's pay is split from now on.
    pub fn set_payout(ctx: Context<SetPayout>, payout: Vec<Payout>) -> Result<()> {
        SetPayout::handle(ctx, payout)
    }

    /// Names who may take an operator over; the default key takes that back.
    pub fn nominate_operator(ctx: Context<NominateOperator>, nominee: Pubkey) -> Result<()> {
        NominateOperator::handle(ctx, nominee)
    }

    /// Takes an operator over. Its number, its account and its payout stay.
    pub fn accept_operator(ctx: Context<AcceptOperator>) -> Result<()> {
        AcceptOperator::handle(ctx)
    }

    /// Ends an operator; the rent goes back to its authority, the number is never given again.
    pub fn close_operator(ctx: Context<CloseOperator>) -> Result<()> {
        CloseOperator::handle(ctx)
    }
}

use anchor_lang::prelude::*;
use pinfi_common::governance::Limits;

use crate::errors::{require, RegistryError};

/// What a machine of a class is there for.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum HardwareKind {
    Compute,
    Storage,
    Sensor,
    Bandwidth,
}

/// A kind of machine that nodes may be of, and what one unit of it is worth.
///
/// What a unit is worth never changes, so that a total stays the sum of what was added to it; a machine
/// that turns out to be worth another amount gets another class.
#[account]
#[derive(InitSpace)]
pub struct HardwareClass {
    /// What the class is called, in UTF-8, filled up with zeros: "H100 SXM". Never empty.
    pub name: [u8; 32],
    /// Number of the class, under 256: orders name a set of classes by 256 bits.
    pub id: u16,
    pub kind: HardwareKind,
    /// Computing power of one unit, in thousandths of an H100 SXM.
    pub gpu_eq_milli: u32,
    /// Memory of one unit, in MiB: of the accelerator where there is one.
    pub memory_mib: u32,
    /// Least result in the class's benchmark, in its own points.
    pub min_benchmark: u32,
    /// Whether the units of a machine are joined by a link of their own, such as NVLink.
    pub interconnect: bool,
    /// What an operator must have at stake for one unit, in US cents.
    pub bond_cents: u64,
    /// Whether new nodes may be of it.
    pub enabled: bool,
    pub bump: u8,
}

impl HardwareClass {
    pub const SEED: &'static [u8] = b"class";
    /// Classes there can be.
    pub const COUNT: u16 = 256;
    /// Of classes of compute: up to a thousand H100 SXM. All others have 0.
    pub const GPU_EQ_MILLI: Limits = Limits::new(1, 1_000_000);
    /// Up to a million US dollars.
    pub const BOND_CENTS: Limits = Limits::new(0, 100_000_000);

    /// Last effect of whatever makes or changes a class.
    pub fn invariant(&self) -> Result<()> {
        require!(self.id < Self::COUNT, RegistryError::ClassOutOfRange);
        require!(self.name[0] != 0, RegistryError::NameMissing);
        let gpu_eq_fits = match self.kind {
            HardwareKind::Compute => Self::GPU_EQ_MILLI.allow(self.gpu_eq_milli),
            _ => self.gpu_eq_milli == 0,
        };
        require!(gpu_eq_fits, RegistryError::GpuEqOutOfRange);
        require!(Self::BOND_CENTS.allow(self.bond_cents), RegistryError::BondTooHigh);
        Ok(())
    }
}

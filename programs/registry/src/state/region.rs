use anchor_lang::prelude::*;
use pinfi_common::governance::Limits;

use crate::errors::{require, RegistryError};

/// A part of the world that nodes are counted in.
#[account]
#[derive(InitSpace)]
pub struct Region {
    /// What the region is called, in UTF-8, filled up with zeros: "eu-west". Never empty.
    pub name: [u8; 32],
    /// Number of the region, under 256: orders name a set of regions by 256 bits.
    pub id: u16,
    /// Whose law holds there: the country's ISO 3166-1 number. Never changes, since leases rely on it.
    pub jurisdiction: u16,
    /// Part of the network's GPU-equivalents that is wished to be there, in basis points; those of all
    /// regions come to 10,000 at most.
    pub target_bps: u16,
    /// Whether new nodes may be in it.
    pub enabled: bool,
    pub bump: u8,
}

impl Region {
    pub const SEED: &'static [u8] = b"region";
    /// Regions there can be.
    pub const COUNT: u16 = 256;
    /// Numbers that ISO 3166-1 can give.
    pub const JURISDICTION: Limits = Limits::new(1, 999);

    /// Last effect of whatever makes or changes a region.
    pub fn invariant(&self) -> Result<()> {
        require!(self.id < Self::COUNT, RegistryError::RegionOutOfRange);
        require!(self.name[0] != 0, RegistryError::NameMissing);
        require!(
            Self::JURISDICTION.allow(self.jurisdiction),
            RegistryError::JurisdictionOutOfRange
        );
        Ok(())
    }
}

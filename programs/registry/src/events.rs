//! What happened, with the totals after it, so that a reader of logs can see a gap.

use anchor_lang::prelude::*;
pub(crate) use pinfi_common::emit;

use crate::state::HardwareKind;

#[event]
pub struct Paused {
    /// Unix seconds.
    pub from: i64,
    pub until: i64,
}

#[event]
pub struct Resumed {
    /// Unix seconds.
    pub at: i64,
}

#[event]
pub struct ClassSet {
    pub id: u16,
    pub name: [u8; 32],
    pub kind: HardwareKind,
    pub gpu_eq_milli: u32,
    pub memory_mib: u32,
    pub min_benchmark: u32,
    pub interconnect: bool,
    pub bond_cents: u64,
    pub enabled: bool,
}

#[event]
pub struct RegionSet {
    pub id: u16,
    pub name: [u8; 32],
    pub jurisdiction: u16,
    pub target_bps: u16,
    pub enabled: bool,
    /// Of all regions.
    pub total_target_bps: u16,
}

#[event]
pub struct OperatorRegistered {
    pub operator: Pubkey,
    pub id: u32,
    pub authority: Pubkey,
    /// Operators that have not left.
    pub total_operators: u32,
}

#[event]
pub struct PayoutSet {
    pub operator: Pubkey,
    /// Among how many its pay is split.
    pub recipients: u8,
}

#[event]
pub struct OperatorNominated {
    pub operator: Pubkey,
    pub nominee: Pubkey,
}

#[event]
pub struct OperatorAccepted {
    pub operator: Pubkey,
    pub authority: Pubkey,
}

#[event]
pub struct OperatorClosed {
    pub operator: Pubkey,
    pub id: u32,
    /// Operators that have not left.
    pub total_operators: u32,
}

use anchor_lang::prelude::*;
use pinfi_common::governance::{Handover, Pause};
use pinfi_math::ALL_BPS;

use crate::errors::{require_gte, RegistryError};

/// Who sets classes and regions, and what is counted for the whole program. One for the program.
#[account]
#[derive(InitSpace)]
pub struct Config {
    /// Sets classes and regions, pauses, and nominates its successor.
    pub authority: Pubkey,
    /// May take over by accepting; the default key when nobody is nominated.
    pub nominated: Pubkey,
    /// While it lasts, no operator registers.
    pub pause: Pause,
    /// Operators ever registered; their numbers are never used twice.
    pub next_operator: u32,
    /// Operators that have not left.
    pub operators: u32,
    /// Sum of the regions' targets, in basis points.
    pub total_target_bps: u16,
    pub bump: u8,
}

impl Config {
    pub const SEED: &'static [u8] = b"config";

    /// Running, with nothing in it and nobody nominated.
    pub fn new(authority: Pubkey, bump: u8) -> Self {
        Self {
            authority,
            nominated: Pubkey::default(),
            pause: Pause::default(),
            next_operator: 0,
            operators: 0,
            total_target_bps: 0,
            bump,
        }
    }

    /// Counts a region's target, which was `old` and is `new`. Fails with `TargetsTooHigh` if the
    /// targets of all regions would exceed the whole.
    pub fn retarget(&mut self, old: u16, new: u16) -> Result<()> {
        let others = self.total_target_bps - old;
        require_gte!(ALL_BPS - others, new, RegistryError::TargetsTooHigh);
        self.total_target_bps = others + new;
        Ok(())
    }

    /// Counts a new operator and returns its number.
    pub fn enter_operator(&mut self) -> Result<u32> {
        let id = self.next_operator;
        self.next_operator = id.checked_add(1).ok_or(RegistryError::MathOverflow)?;
        self.operators += 1;
        Ok(id)
    }

    /// Counts an operator that leaves.
    pub fn leave_operator(&mut self) {
        self.operators -= 1;
    }
}

impl Handover for Config {
    fn authority_and_nominee(&mut self) -> (&mut Pubkey, &mut Pubkey) {
        (&mut self.authority, &mut self.nominated)
    }
}

use anchor_lang::prelude::*;
use pinfi_common::governance::Handover;
use pinfi_math::ALL_BPS;

use crate::errors::{require, require_eq, RegistryError};

/// Whoever runs machines: one fleet with one authority, whose keys can change.
#[account]
#[derive(InitSpace)]
pub struct Operator {
    /// Registers nodes and says who is paid; gets the account's rent back.
    pub authority: Pubkey,
    /// May take over by accepting; the default key when nobody is nominated.
    pub nominated: Pubkey,
    /// Its number; never given twice.
    pub id: u32,
    /// Unix seconds.
    pub registered_at: i64,
    /// Who gets what it earns: the first entries; those behind them are empty.
    pub payout: [Payout; Operator::MAX_RECIPIENTS],
    pub bump: u8,
}

/// One recipient's part of what an operator earns.
#[derive(
    AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, Default, PartialEq, Eq,
)]
pub struct Payout {
    /// Owner of the token account that is paid; the default key in an empty entry.
    pub recipient: Pubkey,
    /// Its part in basis points; more than 0 unless the entry is empty.
    pub bps: u16,
}

impl Operator {
    pub const SEED: &'static [u8] = b"operator";
    /// Most among whom an operator's pay is split.
    pub const MAX_RECIPIENTS: usize = 8;

    /// Says among whom its pay is split: 1 to 8 recipients, whose parts come to 10,000.
    pub fn set_payout(&mut self, payout: &[Payout]) -> Result<()> {
        let named = 1..=Self::MAX_RECIPIENTS;
        require!(named.contains(&payout.len()), RegistryError::RecipientsOutOfRange);
        let mut total = 0u32;
        for Payout { recipient, bps } in payout {
            require!(*recipient != Pubkey::default() && *bps > 0, RegistryError::EmptyPayout);
            total += u32::from(*bps);
        }
        require_eq!(total, u32::from(ALL_BPS), RegistryError::PayoutNotWhole);
        self.payout = Default::default();
        self.payout[..payout.len()].copy_from_slice(payout);
        Ok(())
    }

    /// Among how many its pay is split.
    pub fn recipients(&self) -> u8 {
        self.payout.iter().map(|payout| u8::from(payout.bps > 0)).sum()
    }
}

impl Handover for Operator {
    fn authority_and_nominee(&mut self) -> (&mut Pubkey, &mut Pubkey) {
        (&mut self.authority, &mut self.nominated)
    }
}

use anchor_lang::prelude::*;
use pinfi_common::{extensions, governance::Limits, token::is_native};
use pinfi_math::ALL_BPS;

use crate::errors::{require, StreamsError};

/// On what terms books of one mint are opened.
///
/// A book copies the fee and the minimum when it opens: a policy changes future books only.
#[account]
#[derive(InitSpace)]
pub struct MintPolicy {
    pub mint: Pubkey,
    /// Program that owns the mint.
    pub token_program: Pubkey,
    /// Token account of the mint that gets what is not burned of the fee; the default key when
    /// there is no such part.
    pub treasury: Pubkey,
    /// Least deposit into a book, in base units.
    pub min_deposit: u64,
    /// Token-2022 extensions the mint may carry: bit n = extension type n.
    pub allowed_extensions: u64,
    /// Part of each claim kept as the protocol's fee, in basis points.
    pub fee_bps: u16,
    /// Part of the fee that is burned, in basis points.
    pub burn_bps: u16,
    /// Whether new books may be opened.
    pub enabled: bool,
    pub bump: u8,
}

impl MintPolicy {
    pub const SEED: &'static [u8] = b"mint";
    pub const FEE_BPS: Limits = Limits::new(0, 500);
    pub const BURN_BPS: Limits = Limits::new(0, ALL_BPS as u64);

    /// Refuses a mint with an extension that is not allowed, and logs which one it is.
    pub fn admit(&self, mint: &AccountInfo) -> Result<()> {
        match extensions::first_outside(mint, self.allowed_extensions)? {
            None => Ok(()),
            Some(extension) => {
                msg!("the policy does not allow extension type {}", extension as u16);
                Err(StreamsError::UnsupportedMintExtension.into())
            }
        }
    }

    /// The treasury's address, if one is named.
    pub fn named_treasury(&self) -> Option<Pubkey> {
        (self.treasury != Pubkey::default()).then_some(self.treasury)
    }

    /// Last effect of whatever changes a policy.
    pub fn invariant(&self) -> Result<()> {
        // Whatever the fee is now: older books may have fees due.
        require!(self.burn_bps == 0 || !is_native(&self.mint), StreamsError::NativeMintNotBurnable);
        require!(Self::FEE_BPS.allow(self.fee_bps), StreamsError::FeeTooHigh);
        require!(Self::BURN_BPS.allow(self.burn_bps), StreamsError::BurnShareTooHigh);
        require!(
            self.fee_bps == 0 || self.burn_bps == ALL_BPS || self.treasury != Pubkey::default(),
            StreamsError::MissingTreasury
        );
        require!(
            self.allowed_extensions & !extensions::HARMLESS == 0,
            StreamsError::UnsupportedMintExtension
        );
        Ok(())
    }
}

/// What a policy signs with, as the owner of its escrow.
pub struct PolicySeeds {
    mint: Pubkey,
    bump: [u8; 1],
}

impl PolicySeeds {
    pub fn of(policy: &MintPolicy) -> Self {
        Self { mint: policy.mint, bump: [policy.bump] }
    }

    pub fn as_slices(&self) -> [&[u8]; 3] {
        [MintPolicy::SEED, self.mint.as_ref(), &self.bump]
    }
}

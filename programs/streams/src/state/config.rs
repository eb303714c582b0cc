use anchor_lang::prelude::*;
use pinfi_common::governance::Handover;

/// Who may set mint policies. One for the program.
#[account]
#[derive(InitSpace)]
pub struct Config {
    /// Sets policies and nominates its successor.
    pub authority: Pubkey,
    /// May take over by accepting; the default key when nobody is nominated.
    pub nominated: Pubkey,
    pub bump: u8,
}

impl Config {
    pub const SEED: &'static [u8] = b"config";

    /// With nobody nominated.
    pub fn new(authority: Pubkey, bump: u8) -> Self {
        Self { authority, nominated: Pubkey::default(), bump }
    }
}

impl Handover for Config {
    fn authority_and_nominee(&mut self) -> (&mut Pubkey, &mut Pubkey) {
        (&mut self.authority, &mut self.nominated)
    }
}

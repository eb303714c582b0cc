use anchor_lang::prelude::*;

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
}

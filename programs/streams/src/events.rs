//! What happened, with the totals after it, so that a reader of logs can see a gap.

use anchor_lang::prelude::*;
pub(crate) use pinfi_common::emit;

#[event]
pub struct MintPolicySet {
    pub mint: Pubkey,
    pub treasury: Pubkey,
    pub min_deposit: u64,
    pub allowed_extensions: u64,
    pub fee_bps: u16,
    pub burn_bps: u16,
    pub enabled: bool,
}

#[event]
pub struct BookOpened {
    pub book: Pubkey,
    pub payer: Pubkey,
    pub mint: Pubkey,
    pub id: u16,
    pub voucher_domain: [u8; 32],
}

#[event]
pub struct Deposited {
    pub book: Pubkey,
    pub funder: Pubkey,
    pub amount: u64,
    pub total_deposited: u64,
}

#[event]
pub struct Refunded {
    pub book: Pubkey,
    pub amount: u64,
    pub total_refunded: u64,
}

#[event]
pub struct LinesReserved {
    pub book: Pubkey,
    pub capacity: u16,
}

#[event]
pub struct LineAdded {
    pub book: Pubkey,
    pub line: u16,
    pub payee: Pubkey,
    pub deposit: u64,
    pub rate: u64,
    pub controlled: bool,
}

#[event]
pub struct LineFunded {
    pub book: Pubkey,
    pub line: u16,
    pub amount: u64,
    pub total_deposit: u64,
}

#[event]
pub struct RateSet {
    pub book: Pubkey,
    pub line: u16,
    pub rate: u64,
    pub total_accrued: u64,
}

#[event]
pub struct VoucherSignerSet {
    pub book: Pubkey,
    pub signer: Pubkey,
    pub expires_at: i64,
    pub cap: u64,
}

#[event]
pub struct SettledMany {
    /// Bit n: the n-th voucher was passed over.
    pub skipped: u64,
}

#[event]
pub struct Claimed {
    pub book: Pubkey,
    pub line: u16,
    /// Fee inside.
    pub amount: u64,
    pub fee: u64,
    /// Of the line.
    pub total_claimed: u64,
}

#[event]
pub struct ClaimedMany {
    pub book: Pubkey,
    /// Of all lines paid, fees inside.
    pub amount: u64,
    pub fees: u64,
    /// Bit n: the line named n-th was passed over.
    pub skipped: u32,
    /// Of the book.
    pub total_claimed: u64,
}

#[event]
pub struct LineClosing {
    pub book: Pubkey,
    pub line: u16,
    pub closing_at: i64,
}

#[event]
pub struct LineReleased {
    pub book: Pubkey,
    pub line: u16,
    /// Returned to the book's free tokens.
    pub amount: u64,
    /// Whether nothing is left of the line.
    pub removed: bool,
}

#[event]
pub struct FeesCollected {
    pub book: Pubkey,
    pub burned: u64,
    pub to_treasury: u64,
    /// Kept for the treasury, which could not receive it, in the escrow of the mint's policy.
    pub to_escrow: u64,
    pub total_collected: u64,
}

#[event]
pub struct EscrowCollected {
    pub mint: Pubkey,
    pub to_treasury: u64,
}

#[event]
pub struct BookClosed {
    pub book: Pubkey,
    pub payer: Pubkey,
    /// Paid to the payer from the vault, donations inside.
    pub amount: u64,
    pub total_deposited: u64,
    pub total_claimed: u64,
}

#[event]
pub struct PoolOpened {
    pub pool: Pubkey,
    pub owner: Pubkey,
    pub mint: Pubkey,
    pub id: u16,
}

#[event]
pub struct UnitsSet {
    pub pool: Pubkey,
    pub who: Pubkey,
    pub units: u64,
    pub total_units: u64,
}

#[event]
pub struct Distributed {
    pub pool: Pubkey,
    pub amount: u64,
    pub total_distributed: u64,
}

#[event]
pub struct MemberClaimed {
    pub pool: Pubkey,
    pub who: Pubkey,
    pub amount: u64,
    /// Of the member.
    pub total_claimed: u64,
}

#[event]
pub struct MemberClosed {
    pub pool: Pubkey,
    pub who: Pubkey,
}

#[event]
pub struct TokensRecovered {
    pub pool: Pubkey,
    pub mint: Pubkey,
    /// Token account that got them: one of the pool's owner, or the pool's vault.
    pub destination: Pubkey,
    pub amount: u64,
}

#[event]
pub struct PoolClosed {
    pub pool: Pubkey,
    pub owner: Pubkey,
    /// Paid to the owner from the vault: fractions that no member could claim, and what came in while
    /// nobody had units.
    pub amount: u64,
    pub total_distributed: u64,
}

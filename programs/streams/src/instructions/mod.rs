//! One file for each instruction; those of the authority are in one.
//!
//! Accounts that are written are marked `dup`. Without it Anchor looks whether one stands twice among
//! them, by a set of hashes: up to 2,500 units a call and 20 KB of the program. Most are of different
//! types, or of addresses that differ, so that none can; where two can, a vault and what it is paid
//! from or to, a constraint compares them.

mod add_line;
mod authority;
mod claim;
mod claim_many;
mod claim_member;
mod close_book;
mod close_line;
mod close_member;
mod close_pool;
mod collect_escrow;
mod collect_fees;
mod deposit;
mod distribute;
mod fund_line;
mod open_book;
mod open_pool;
mod reap;
mod recover_tokens;
mod refund;
mod remove_line;
mod reserve_lines;
mod set_mint_policy;
mod set_rate;
mod set_units;
mod set_voucher_signer;
mod settle;
mod settle_many;

pub use add_line::*;
pub use authority::*;
pub use claim::*;
pub use claim_many::*;
pub use claim_member::*;
pub use close_book::*;
pub use close_line::*;
pub use close_member::*;
pub use close_pool::*;
pub use collect_escrow::*;
pub use collect_fees::*;
pub use deposit::*;
pub use distribute::*;
pub use fund_line::*;
pub use open_book::*;
pub use open_pool::*;
pub use reap::*;
pub use recover_tokens::*;
pub use refund::*;
pub use remove_line::*;
pub use reserve_lines::*;
pub use set_mint_policy::*;
pub use set_rate::*;
pub use set_units::*;
pub use set_voucher_signer::*;
pub use settle::*;
pub use settle_many::*;

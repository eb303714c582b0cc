//! What the chain holds, in plain values: the model keeps it, the decoder reads it, and the two
//! are compared field by field.

use solana_address::Address;

/// An account of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    Config(Config),
    Policy(Policy),
    Book(Box<Book>),
    Pool(Pool),
    Member(Member),
}

pub type State = simulator::State<Account>;
pub type View = simulator::View<Account>;
pub type Ledger = simulator::Ledger<Account>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub authority: Address,
    pub nominated: Address,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    pub mint: Address,
    pub token_program: Address,
    pub treasury: Address,
    pub min_deposit: u64,
    pub allowed_extensions: u64,
    pub fee_bps: u16,
    pub burn_bps: u16,
    pub enabled: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    pub payer: Address,
    pub mint: Address,
    pub vault: Address,
    pub domain: [u8; 32],
    pub controller: Address,
    /// Signs vouchers.
    pub present: Hand,
    /// Signed them before; what it signed is good for the grace period.
    pub former: Hand,
    pub deposited: u64,
    pub refunded: u64,
    pub claimed: u64,
    pub fees_accrued: u64,
    pub fees_collected: u64,
    pub free: u64,
    pub committed: u64,
    pub min_deposit: u64,
    pub opened_slot: u64,
    pub grace_seconds: u32,
    pub line_count: u16,
    pub id: u16,
    pub fee_bps: u16,
    /// Lines the account has room for.
    pub capacity: usize,
    /// When a line was last removed or free tokens last taken out.
    pub last_taken_at: i64,
    /// As many as were ever added.
    pub lines: Vec<Line>,
}

/// A key that signs vouchers, and on what terms.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Hand {
    pub key: Address,
    /// Unix seconds from which on its vouchers are refused.
    pub expires_at: i64,
    pub cap: u64,
    pub spent: u64,
}

impl Book {
    /// Whether a voucher of `key` can be good at some time.
    pub fn takes_from(&self, key: &Address) -> bool {
        [&self.present, &self.former].iter().any(|hand| hand.key == *key)
    }

    /// What the vault must hold.
    pub fn liabilities(&self) -> u128 {
        u128::from(self.free) + u128::from(self.committed) + u128::from(self.fees_accrued)
            - u128::from(self.fees_collected)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Line {
    pub payee: Address,
    pub deposit: u64,
    pub vouched: u64,
    pub rate: u64,
    pub accrued: u64,
    pub accrued_at: i64,
    pub claimed: u64,
    pub closing_at: i64,
    pub controlled: bool,
    pub released: bool,
    pub removed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    pub owner: Address,
    pub mint: Address,
    pub vault: Address,
    pub index: u128,
    pub total_units: u64,
    pub carried: u64,
    pub distributed: u64,
    pub claimed: u64,
    pub unshared: u64,
    pub members: u32,
    pub id: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub pool: Address,
    pub who: Address,
    pub units: u64,
    pub index: u128,
    pub owed: u128,
    pub claimed: u64,
}

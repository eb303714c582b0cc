//! Addresses, tags and bytes as a client of the program writes them.

use solana_address::Address;
use solana_sha256_hasher::hashv;

pub const PROGRAM: Address = Address::from_str_const("PFsi1ZMuLYWan1pYeLRJdj9gmbUmnVjE7HeUQNow7Gf");
pub const SYSTEM: Address = Address::from_str_const("11111111111111111111111111111111");
pub const TOKEN: Address = Address::from_str_const("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
pub const TOKEN_2022: Address =
    Address::from_str_const("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
pub const ASSOCIATED: Address =
    Address::from_str_const("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");
pub const LOADER: Address = Address::from_str_const("BPFLoaderUpgradeab1e11111111111111111111111");
pub const ED25519: Address = Address::from_str_const("Ed25519SigVerify111111111111111111111111111");
pub const INSTRUCTIONS: Address =
    Address::from_str_const("Sysvar1nstructions1111111111111111111111111");
pub const SLOT_HASHES: Address =
    Address::from_str_const("SysvarS1otHashes111111111111111111111111111");
/// Native program without effect on tokens; a wrong program that exists.
pub const COMPUTE_BUDGET: Address =
    Address::from_str_const("ComputeBudget111111111111111111111111111111");

fn eight(hash: [u8; 32]) -> [u8; 8] {
    core::array::from_fn(|n| hash[n])
}

/// First bytes of an account of this kind.
pub fn account_tag(name: &str) -> [u8; 8] {
    use std::{cell::RefCell, collections::HashMap};
    thread_local!(static KNOWN: RefCell<HashMap<String, [u8; 8]>> = RefCell::default());
    KNOWN.with_borrow_mut(|known| match known.get(name) {
        Some(tag) => *tag,
        None => {
            let tag = eight(hashv(&[b"account:", name.as_bytes()]).to_bytes());
            known.insert(name.into(), tag);
            tag
        }
    })
}

/// Of a book: ends with the number of its layout.
pub const BOOK_TAG: [u8; 8] = [121, 34, 121, 35, 91, 62, 85, 2];

/// First bytes of an instruction's data.
pub fn instruction_tag(name: &str) -> [u8; 8] {
    eight(hashv(&[b"global:", name.as_bytes()]).to_bytes())
}

pub fn pda(seeds: &[&[u8]]) -> Address {
    Address::find_program_address(seeds, &PROGRAM).0
}

pub fn associated(owner: &Address, token_program: &Address, mint: &Address) -> Address {
    find_associated(owner, token_program, mint).0
}

/// The associated token account and its bump.
pub fn find_associated(owner: &Address, token_program: &Address, mint: &Address) -> (Address, u8) {
    let seeds: [&[u8]; 3] = [owner.as_ref(), token_program.as_ref(), mint.as_ref()];
    Address::find_program_address(&seeds, &ASSOCIATED)
}

/// What every voucher for one life of a book begins with.
pub fn domain(book: &Address, slot_hash: &[u8; 32], slot: u64) -> [u8; 32] {
    let tag: &[u8] = b"pinfi:streams:voucher:1";
    hashv(&[tag, PROGRAM.as_ref(), book.as_ref(), slot_hash, &slot.to_le_bytes()]).to_bytes()
}

/// Instruction data, field after field.
pub struct Data(pub Vec<u8>);

impl Data {
    pub fn of(instruction: &str) -> Self {
        Self(instruction_tag(instruction).to_vec())
    }
    pub fn u8(mut self, value: u8) -> Self {
        self.0.push(value);
        self
    }
    pub fn bool(self, value: bool) -> Self {
        self.u8(value.into())
    }
    pub fn u16(mut self, value: u16) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }
    pub fn u32(mut self, value: u32) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }
    pub fn u64(mut self, value: u64) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }
    pub fn i64(mut self, value: i64) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }
    pub fn key(mut self, value: &Address) -> Self {
        self.0.extend(value.as_ref());
        self
    }
    pub fn maybe_key(self, value: &Option<Address>) -> Self {
        match value {
            Some(key) => self.u8(1).key(key),
            None => self.u8(0),
        }
    }
    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }
}

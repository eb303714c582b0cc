//! The program's addresses and tags.

use solana_address::Address;
use solana_sha256_hasher::hashv;

pub const PROGRAM: Address = Address::from_str_const("PFsi1ZMuLYWan1pYeLRJdj9gmbUmnVjE7HeUQNow7Gf");

/// Of a book: ends with the number of its layout.
pub const BOOK_TAG: [u8; 8] = [121, 34, 121, 35, 91, 62, 85, 2];

pub fn pda(seeds: &[&[u8]]) -> Address {
    Address::find_program_address(seeds, &PROGRAM).0
}

/// What every voucher for one life of a book begins with.
pub fn domain(book: &Address, slot_hash: &[u8; 32], slot: u64) -> [u8; 32] {
    let tag: &[u8] = b"pinfi:streams:voucher:1";
    hashv(&[tag, PROGRAM.as_ref(), book.as_ref(), slot_hash, &slot.to_le_bytes()]).to_bytes()
}

//! Programs and sysvars that every cluster has, and addresses that are derived.

use solana_address::Address;
use solana_keypair::Keypair;

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

/// Where the loader keeps a program's code and upgrade authority.
pub fn program_data(program: &Address) -> Address {
    Address::find_program_address(&[program.as_ref()], &LOADER).0
}

pub fn associated(owner: &Address, token_program: &Address, mint: &Address) -> Address {
    find_associated(owner, token_program, mint).0
}

/// The associated token account and its bump.
pub fn find_associated(owner: &Address, token_program: &Address, mint: &Address) -> (Address, u8) {
    let seeds: [&[u8]; 3] = [owner.as_ref(), token_program.as_ref(), mint.as_ref()];
    Address::find_program_address(&seeds, &ASSOCIATED)
}

/// The `n`th key of a kind, the same in every run: only what happens differs.
pub fn key(kind: u8, n: usize) -> Keypair {
    let mut secret = [kind; 32];
    secret[0] = n as u8;
    Keypair::new_from_array(secret)
}

/// May upgrade every program of a run, and so initialize it.
pub fn upgrade_authority() -> Keypair {
    key(b'u', 0)
}

//! Mints and token accounts, put on a chain as the token programs would have made them.

use solana_account::Account;
use solana_address::Address;

use crate::{Chain, Token};

pub struct NewMint {
    pub address: Address,
    pub token_program: Address,
    pub decimals: u8,
    /// Base units; what the token accounts hold must add up to it.
    pub supply: u64,
}

pub fn put_mint<P>(chain: &mut Chain<P>, mint: &NewMint) {
    let mut data = vec![0u8; 82];
    data[36..44].copy_from_slice(&mint.supply.to_le_bytes());
    data[44] = mint.decimals;
    data[45] = 1;
    put(chain, mint.address, mint.token_program, data);
}

pub fn put_tokens<P>(chain: &mut Chain<P>, at: Address, token_program: Address, token: &Token) {
    let mut data = vec![0u8; 165];
    data[..32].copy_from_slice(token.mint.as_ref());
    data[32..64].copy_from_slice(token.owner.as_ref());
    data[64..72].copy_from_slice(&token.amount.to_le_bytes());
    data[108] = if token.frozen { 2 } else { 1 };
    put(chain, at, token_program, data);
}

pub fn put_wallet<P>(chain: &mut Chain<P>, at: Address, lamports: u64) {
    chain.put(at, Account { lamports, ..Account::default() });
}

fn put<P>(chain: &mut Chain<P>, at: Address, owner: Address, data: Vec<u8>) {
    let lamports = chain.rent(data.len());
    let account = Account { lamports, data, owner, executable: false, rent_epoch: u64::MAX };
    chain.put(at, account);
}

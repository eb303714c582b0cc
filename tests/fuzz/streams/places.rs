//! Who and what there is in a run: people, mints, and every address that could come to life.

use simulator::{
    addresses::{associated, key, program_data, upgrade_authority, TOKEN, TOKEN_2022},
    tokens::{put_mint, put_tokens, put_wallet, NewMint},
    Chain, Token,
};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::{
    program::{pda, PROGRAM},
    state::Account,
};

pub const PEOPLE: usize = 5;
/// The first of them pay; all of them may be paid, control lines and sign vouchers.
pub const PAYERS: usize = 3;
pub const OWNERS: usize = 2;
const IDS: u16 = 2;
const LAMPORTS: u64 = 1_000_000_000_000;

pub struct MintSite {
    pub address: Address,
    pub token_program: Address,
    pub decimals: u8,
    pub policy: Address,
    /// Where fees wait that the treasury could not receive: the policy's associated account.
    pub escrow: Address,
    /// Two token accounts for each person: the associated one, and another.
    pub wallets: Vec<[Address; 2]>,
    /// In each of them at the start.
    pub endowment: u64,
}

#[derive(Clone, Copy)]
pub struct BookSite {
    pub address: Address,
    pub authority: Address,
    pub vault: Address,
    pub payer: usize,
    pub mint: usize,
    pub id: u16,
}

#[derive(Clone)]
pub struct PoolSite {
    pub address: Address,
    pub vault: Address,
    pub owner: usize,
    pub mint: usize,
    pub id: u16,
    /// For each person.
    pub members: Vec<Address>,
}

pub struct Places {
    pub people: Vec<Keypair>,
    pub mints: Vec<MintSite>,
    pub books: Vec<BookSite>,
    pub pools: Vec<PoolSite>,
    pub config: Address,
    pub program_data: Address,
}

impl Places {
    /// The same in every run: only what happens differs.
    pub fn new() -> Self {
        let people: Vec<_> = (0..PEOPLE).map(|n| key(b'p', n)).collect();
        // An ordinary mint; one whose sums come near 2^64; one of the newer token program.
        let kinds =
            [(TOKEN, 6, 50_000_000), (TOKEN, 0, u64::MAX / 16), (TOKEN_2022, 9, 1_000_000_000_000)];
        let mints: Vec<_> = kinds
            .into_iter()
            .enumerate()
            .map(|(n, (token_program, decimals, endowment))| {
                let address = key(b'm', n).pubkey();
                let own = |who: usize| associated(&people[who].pubkey(), &token_program, &address);
                let wallet = |who| key(b'w', who * kinds.len() + n).pubkey();
                let policy = pda(&[b"mint", address.as_ref()]);
                MintSite {
                    address,
                    token_program,
                    decimals,
                    policy,
                    escrow: associated(&policy, &token_program, &address),
                    wallets: (0..PEOPLE).map(|who| [own(who), wallet(who)]).collect(),
                    endowment,
                }
            })
            .collect();
        let (mut books, mut pools) = (Vec::new(), Vec::new());
        for (mint, MintSite { address: of, token_program, .. }) in mints.iter().enumerate() {
            for (payer, who) in people.iter().map(Signer::pubkey).enumerate().take(PAYERS) {
                for id in 0..IDS {
                    let seeds: [&[u8]; 4] = [b"book", who.as_ref(), of.as_ref(), &id.to_le_bytes()];
                    let address = pda(&seeds);
                    let authority = pda(&[b"authority", address.as_ref()]);
                    let vault = associated(&authority, token_program, of);
                    books.push(BookSite { address, authority, vault, payer, mint, id });
                }
            }
            for (owner, who) in people.iter().map(Signer::pubkey).enumerate().take(OWNERS) {
                let id = 7;
                let seeds: [&[u8]; 4] = [b"pool", who.as_ref(), of.as_ref(), &u16::to_le_bytes(id)];
                let address = pda(&seeds);
                let member =
                    |who: &Keypair| pda(&[b"member", address.as_ref(), who.pubkey().as_ref()]);
                let members = people.iter().map(member).collect();
                let vault = associated(&address, token_program, of);
                pools.push(PoolSite { address, vault, owner, mint, id, members });
            }
        }
        let config = pda(&[b"config"]);
        Self { people, mints, books, pools, config, program_data: program_data(&PROGRAM) }
    }

    pub fn person(&self, who: usize) -> Address {
        self.people[who].pubkey()
    }

    /// Puts people, mints and token accounts on a new chain.
    pub fn settle_down(&self, chain: &mut Chain<Account>) {
        for who in self.people.iter().map(Signer::pubkey).chain([upgrade_authority().pubkey()]) {
            put_wallet(chain, who, LAMPORTS);
        }
        for MintSite { address, token_program, decimals, wallets, endowment, .. } in &self.mints {
            let (address, token_program, decimals) = (*address, *token_program, *decimals);
            let supply = endowment * 2 * PEOPLE as u64;
            put_mint(chain, &NewMint { address, token_program, decimals, supply });
            for (who, wallets) in wallets.iter().enumerate() {
                for wallet in wallets {
                    let token = Token::new(address, self.person(who), *endowment);
                    put_tokens(chain, *wallet, token_program, &token);
                }
            }
        }
    }
}

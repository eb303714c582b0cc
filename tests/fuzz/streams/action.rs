//! Everything anybody can ask of the program, and the bytes in which it is asked.

use simulator::{
    addresses::{ASSOCIATED, SYSTEM},
    data::{r, s, w, ws, Data},
};
use solana_address::Address;
use solana_instruction::Instruction;

use crate::streams::{
    places::{MintSite, Places},
    program::PROGRAM,
    voucher::{settle_instructions, settle_many_instruction, Voucher},
};

#[derive(Clone, Debug)]
pub struct Terms {
    pub min_deposit: u64,
    pub allowed_extensions: u64,
    pub fee_bps: u16,
    pub burn_bps: u16,
    pub enabled: bool,
}

#[derive(Clone, Debug)]
pub struct NewLine {
    pub line: u16,
    pub payee: Address,
    pub deposit: u64,
    pub rate: u64,
    pub controlled: bool,
}

/// Where somebody is to be paid.
#[derive(Clone, Debug)]
pub struct Payment {
    pub destination: Address,
    /// Of the associated token account.
    pub bump: u8,
    /// Who signs for it, if anybody.
    pub by: Option<Address>,
}

/// `book`, `pool` and `mint` are numbers of sites; everybody else is an address.
#[derive(Clone, Debug)]
pub enum Action {
    Initialize {
        signer: Address,
        authority: Address,
    },
    Nominate {
        authority: Address,
        nominee: Address,
    },
    Accept {
        nominee: Address,
    },
    SetPolicy {
        authority: Address,
        mint: usize,
        treasury: Option<Address>,
        terms: Terms,
    },
    OpenBook {
        book: usize,
        grace: u32,
        signer: Option<Address>,
        controller: Option<Address>,
    },
    Deposit {
        funder: Address,
        book: usize,
        source: Address,
        amount: u64,
    },
    Refund {
        payer: Address,
        book: usize,
        destination: Address,
        amount: u64,
    },
    ReserveLines {
        payer: Address,
        book: usize,
        count: u16,
    },
    AddLine {
        payer: Address,
        book: usize,
        new: NewLine,
    },
    FundLine {
        payer: Address,
        book: usize,
        line: u16,
        amount: u64,
    },
    SetRate {
        authority: Address,
        book: usize,
        line: u16,
        rate: u64,
    },
    SetVoucherSigner {
        payer: Address,
        book: usize,
        signer: Address,
        expires_at: i64,
        cap: u64,
    },
    Settle {
        vouchers: Vec<(usize, Voucher)>,
        plain: bool,
    },
    SettleMany {
        vouchers: Vec<(usize, Voucher)>,
    },
    Claim {
        book: usize,
        line: u16,
        to: Payment,
        plain: bool,
    },
    /// For each line a destination and the bump of an associated token account.
    ClaimMany {
        book: usize,
        claims: Vec<(u16, Address, u8)>,
    },
    CloseLine {
        authority: Address,
        book: usize,
        line: u16,
    },
    RemoveLine {
        book: usize,
        line: u16,
    },
    CollectFees {
        book: usize,
        treasury: Option<Address>,
        escrow: Option<Address>,
    },
    CollectEscrow {
        mint: usize,
        treasury: Option<Address>,
    },
    CloseBook {
        payer: Address,
        book: usize,
        destination: Address,
    },
    Reap {
        book: usize,
        destination: Option<Address>,
    },
    OpenPool {
        pool: usize,
    },
    SetUnits {
        owner: Address,
        pool: usize,
        who: usize,
        units: u64,
    },
    Distribute {
        funder: Address,
        pool: usize,
        source: Address,
        amount: u64,
    },
    ClaimMember {
        pool: usize,
        who: usize,
        to: Payment,
    },
    CloseMember {
        pool: usize,
        who: usize,
    },
    Recover {
        owner: Address,
        pool: usize,
        mint: usize,
        stray: Address,
        destination: Address,
    },
    ClosePool {
        owner: Address,
        pool: usize,
        destination: Address,
    },
    /// Not the program's: tokens sent straight to a vault, lamports to an address of the program's.
    Donate {
        owner: Address,
        source: Address,
        mint: usize,
        vault: Address,
        amount: u64,
    },
    Lamports {
        from: Address,
        to: Address,
        amount: u64,
    },
    /// Not the program's: somebody creates a vault before its book or pool is there.
    CreateVault {
        by: Address,
        owner: Address,
        vault: Address,
        mint: usize,
    },
}

impl Action {
    pub fn instructions(&self, places: &Places) -> Vec<Instruction> {
        let settles = |vouchers: &[(usize, Voucher)]| -> Vec<(Address, Voucher)> {
            let book = |site: &usize| places.books[*site].address;
            vouchers.iter().map(|(site, voucher)| (book(site), voucher.clone())).collect()
        };
        match self {
            Self::Settle { vouchers, plain } => settle_instructions(&settles(vouchers), 0, *plain),
            Self::SettleMany { vouchers } => vec![settle_many_instruction(&settles(vouchers))],
            Self::Donate { owner, source, mint, vault, amount } => {
                let MintSite { address, token_program, decimals, .. } = places.mints[*mint];
                let data = Data(vec![12]).u64(*amount).u8(decimals).0;
                let accounts = vec![w(*source), r(address), w(*vault), s(*owner)];
                vec![Instruction { program_id: token_program, accounts, data }]
            }
            Self::Lamports { from, to, amount } => {
                let data = Data(vec![]).u32(2).u64(*amount).0;
                vec![Instruction { program_id: SYSTEM, accounts: vec![ws(*from), w(*to)], data }]
            }
            Self::CreateVault { by, owner, vault, mint } => {
                let site = &places.mints[*mint];
                let (mint, tokens) = (r(site.address), r(site.token_program));
                let accounts = vec![ws(*by), w(*vault), r(*owner), mint, r(SYSTEM), tokens];
                vec![Instruction { program_id: ASSOCIATED, accounts, data: vec![1] }]
            }
            _ => {
                let (accounts, data) = self.call(places);
                vec![Instruction { program_id: PROGRAM, accounts, data: data.0 }]
            }
        }
    }
}

//! Books on which forgeries are tried, and every voucher that was really signed for them.

use std::collections::HashSet;

use simulator::{addresses::upgrade_authority, Base, Chain};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_signer::Signer;

use crate::streams::{
    action::{Action, NewLine, Terms},
    facts::books,
    places::Places,
    state::{Account, View},
    voucher::{settle_instructions, settle_many_instruction, Targets, Voucher},
};

pub const LINES: u16 = 5;
const START: (i64, u64) = (1_800_000_000, 500_000_000);
/// Encodes the identity point: a key for which a lax verifier takes a signature of zeros.
pub const WEAK_KEY: [u8; 32] = {
    let mut key = [0; 32];
    key[0] = 1;
    key
};

pub struct Stage<'a> {
    pub places: &'a Places,
    pub chain: Chain<Account>,
    /// As everything stands before each forgery.
    pub view: View,
    /// Books by site: open to all, capped, expired, signed for by a weak key, in its second life.
    pub sites: Vec<usize>,
    /// Signed by a book's signer for its present life: what may be accepted.
    pub genuine: Vec<(usize, Voucher)>,
    /// Domain and targets of those, as signed.
    pub messages: HashSet<Vec<u8>>,
    /// Signed for the book's life before.
    pub stale: Vec<(usize, Voucher)>,
}

pub const CAPPED: usize = 1;
pub const EXPIRED: usize = 2;
pub const WEAK: usize = 3;
const REOPENED: usize = 4;

impl<'a> Stage<'a> {
    pub fn new(places: &'a Places, base: &Base<Account>) -> Result<Self, String> {
        let mut chain = base.start(true);
        places.settle_down(&mut chain);
        chain.set_time(START.0, START.1, [7; 32]);
        // Of three payers and two mints; the last one lives twice.
        let first = |payer, mint| {
            let found =
                places.books.iter().position(|site| site.payer == payer && site.mint == mint);
            found.ok_or("there is no such book")
        };
        let sites = vec![first(0, 0)?, first(1, 0)?, first(2, 0)?, first(0, 2)?, first(1, 2)?];
        let mut stage = Self {
            places,
            chain,
            view: View::new(),
            sites,
            genuine: Vec::new(),
            messages: HashSet::new(),
            stale: Vec::new(),
        };
        stage.set_up()?;
        Ok(stage)
    }

    fn must(&mut self, action: Action) -> Result<(), String> {
        let keys: Vec<_> = self.places.people.iter().collect();
        let deployer = upgrade_authority();
        let signers: Vec<_> = keys.into_iter().chain([&deployer]).collect();
        let outcome = self.chain.send(&action.instructions(self.places), &signers);
        match outcome.accepted {
            true => Ok(()),
            false => Err(format!("{action:?}: {} {:#?}", outcome.error, outcome.logs)),
        }
    }

    fn set_up(&mut self) -> Result<(), String> {
        let authority = self.places.person(0);
        self.must(Action::Initialize { signer: upgrade_authority().pubkey(), authority })?;
        for mint in [0, 2] {
            let terms = Terms {
                min_deposit: 0,
                allowed_extensions: 0,
                fee_bps: 250,
                burn_bps: 10_000,
                enabled: true,
            };
            self.must(Action::SetPolicy { authority, mint, treasury: None, terms })?;
        }
        let again = self.sites[REOPENED];
        self.open(again, None)?;
        self.look()?;
        self.sign_for(again, true);
        self.chain.set_time(START.0 + 60, START.1 + 1, [8; 32]);
        let site = self.places.books[again];
        let payer = self.places.person(site.payer);
        let destination = self.places.mints[site.mint].wallets[site.payer][0];
        self.must(Action::CloseBook { payer, book: again, destination })?;
        for nth in 0..self.sites.len() {
            let signer = (nth == WEAK).then(|| Address::new_from_array(WEAK_KEY));
            let book = self.sites[nth];
            self.open(book, signer)?;
            let payer = self.places.person(self.places.books[book].payer);
            let (expires_at, cap) = match nth {
                CAPPED => (i64::MAX, 60),
                EXPIRED => (START.0 + 61, u64::MAX),
                _ => (i64::MAX, u64::MAX),
            };
            if nth == CAPPED || nth == EXPIRED {
                // Before the first line, so that there is no former signer.
                let signer = payer;
                self.must(Action::SetVoucherSigner { payer, book, signer, expires_at, cap })?;
            }
            self.fill(book)?;
        }
        self.chain.set_time(START.0 + 3_000_000, START.1 + 2, [9; 32]);
        self.look()?;
        for site in self.sites.clone() {
            self.sign_for(site, false);
        }
        Ok(())
    }

    fn look(&mut self) -> Result<(), String> {
        self.view = self.chain.look(&self.view)?;
        Ok(())
    }

    fn open(&mut self, book: usize, signer: Option<Address>) -> Result<(), String> {
        self.must(Action::OpenBook { book, grace: 900, signer, controller: None })
    }

    fn fill(&mut self, book: usize) -> Result<(), String> {
        let site = self.places.books[book];
        let payer = self.places.person(site.payer);
        let source = self.places.mints[site.mint].wallets[site.payer][0];
        self.must(Action::Deposit { funder: payer, book, source, amount: 1_000_000 })?;
        for line in 0..LINES {
            let payee = self.places.person(4);
            let (deposit, rate) = (100_000, u64::from(line % 2) * 3);
            let new = NewLine { line, payee, deposit, rate, controlled: false };
            self.must(Action::AddLine { payer, book, new })?;
        }
        Ok(())
    }

    /// Has the payer sign vouchers for the book's present life; later ones for a life to come.
    fn sign_for(&mut self, site: usize, stale: bool) {
        let at = self.places.books[site].address;
        let Some(domain) =
            books(&self.view).find(|(found, _)| **found == at).map(|(_, b)| b.domain)
        else {
            return;
        };
        let key = &self.places.people[self.places.books[site].payer];
        for n in 1..=4u64 {
            let all = (0..LINES).map(|line| 10 * n + u64::from(line)).collect();
            let some = vec![(1, 7 * n), (4, 9 * n)];
            for targets in [Targets::Dense { start: 0, cumulative: all }, Targets::Sparse(some)] {
                let voucher = Voucher::sign(key, domain, targets);
                if stale {
                    self.stale.push((site, voucher));
                } else {
                    self.messages.insert(voucher.message());
                    self.genuine.push((site, voucher));
                }
            }
        }
    }

    /// Puts every account back to where it stood.
    pub fn restore(&mut self, after: &View) {
        self.chain.restore_all(&self.view, after);
    }

    pub fn address(&self, site: usize) -> Address {
        self.places.books[site].address
    }

    /// A transaction that settles these vouchers, through the ed25519 program or without it.
    pub fn settle(
        &self,
        vouchers: &[(usize, Voucher)],
        many: bool,
        plain: bool,
    ) -> Vec<Instruction> {
        let settles: Vec<_> =
            vouchers.iter().map(|(site, voucher)| (self.address(*site), voucher.clone())).collect();
        match many {
            true => vec![settle_many_instruction(&settles)],
            false => settle_instructions(&settles, 0, plain),
        }
    }
}

//! What the program should do, written again from its description: no code of it is used here.

mod book;
mod fees;
mod lines;
mod policy;
mod pool;
mod settle;

pub mod line;

use core::ops::{Deref, DerefMut};

use simulator::{addresses::find_associated, Refusal};
use solana_address::Address;

use crate::streams::{
    action::{Action, Payment},
    places::{BookSite, MintSite, Places},
    state::{Account, Book, Ledger, Member, Pool},
};

/// The program's part of what is expected; tokens and the time are the ledger's.
pub struct Model<'a>(pub &'a mut Ledger);

impl Deref for Model<'_> {
    type Target = Ledger;

    fn deref(&self) -> &Ledger {
        self.0
    }
}

impl DerefMut for Model<'_> {
    fn deref_mut(&mut self) -> &mut Ledger {
        self.0
    }
}

pub fn book<'a>(ledger: &'a Ledger, at: &Address) -> Option<&'a Book> {
    match ledger.program(at) {
        Some(Account::Book(book)) => Some(book),
        _ => None,
    }
}

pub fn pool<'a>(ledger: &'a Ledger, at: &Address) -> Option<&'a Pool> {
    match ledger.program(at) {
        Some(Account::Pool(pool)) => Some(pool),
        _ => None,
    }
}

pub fn member<'a>(ledger: &'a Ledger, at: &Address) -> Option<&'a Member> {
    match ledger.program(at) {
        Some(Account::Member(member)) => Some(member),
        _ => None,
    }
}

impl Model<'_> {
    /// Does what the action asks, or says why it must be refused.
    pub fn act(&mut self, places: &Places, action: &Action) -> Result<(), Refusal> {
        let book = |site: &usize| -> BookSite { places.books[*site] };
        match action {
            Action::Initialize { .. } => Err("there is a config already"),
            Action::Nominate { authority, nominee } => self.nominate(places, authority, nominee),
            Action::Accept { nominee } => self.accept(places, nominee),
            Action::SetPolicy { authority, mint, treasury, terms } => {
                self.set_policy(places, authority, *mint, treasury, terms)
            }
            Action::OpenBook { book: site, grace, signer, controller } => {
                self.open_book(places, book(site), *grace, signer, controller)
            }
            Action::Deposit { funder, book: site, source, amount } => {
                self.deposit(book(site), funder, source, *amount)
            }
            Action::Refund { payer, book: site, destination, amount } => {
                self.refund(book(site), payer, destination, *amount)
            }
            Action::ReserveLines { payer, book: site, count } => {
                self.reserve_lines(book(site), payer, *count)
            }
            Action::AddLine { payer, book: site, new } => self.add_line(book(site), payer, new),
            Action::FundLine { payer, book: site, line, amount } => {
                self.fund_line(book(site), payer, *line, *amount)
            }
            Action::SetRate { authority, book: site, line, rate } => {
                self.set_rate(book(site), authority, *line, *rate)
            }
            Action::SetVoucherSigner { payer, book: site, signer, expires_at, cap } => {
                self.set_voucher_signer(book(site), payer, signer, *expires_at, *cap)
            }
            Action::Settle { vouchers, .. } => {
                vouchers.iter().try_for_each(|(site, voucher)| self.settle(book(site), voucher))
            }
            Action::SettleMany { vouchers } => {
                vouchers
                    .iter()
                    .for_each(|(site, voucher)| self.settle_or_skip(book(site), voucher));
                Ok(())
            }
            Action::Claim { book: site, line, to, .. } => self.claim(places, book(site), *line, to),
            Action::ClaimMany { book: site, claims } => self.claim_many(places, book(site), claims),
            Action::CloseLine { authority, book: site, line } => {
                self.close_line(book(site), authority, *line)
            }
            Action::RemoveLine { book: site, line } => self.remove_line(book(site), *line),
            Action::CollectFees { book: site, treasury, escrow } => {
                self.collect_fees(places, book(site), treasury, escrow)
            }
            Action::CollectEscrow { mint, treasury } => {
                self.collect_escrow(&places.mints[*mint], treasury)
            }
            Action::CloseBook { payer, book: site, destination } => {
                self.close_book(places, book(site), payer, destination)
            }
            Action::Reap { book: site, destination } => self.reap(places, book(site), destination),
            Action::OpenPool { pool } => self.open_pool(places, &places.pools[*pool]),
            Action::SetUnits { owner, pool, who, units } => {
                self.set_units(places, &places.pools[*pool], owner, *who, *units)
            }
            Action::Distribute { funder, pool, source, amount } => {
                self.distribute(&places.pools[*pool], funder, source, *amount)
            }
            Action::ClaimMember { pool, who, to } => {
                self.claim_member(places, &places.pools[*pool], *who, to)
            }
            Action::CloseMember { pool, who } => self.close_member(&places.pools[*pool], *who),
            Action::Recover { owner, pool: site, mint, stray, destination } => {
                let site = &places.pools[*site];
                self.recover(places, site, owner, *mint, stray, destination)
            }
            Action::ClosePool { owner, pool, destination } => {
                self.close_pool(places, &places.pools[*pool], owner, destination)
            }
            Action::Donate { owner, source, vault, amount, .. } => {
                if self.token(source)?.owner != *owner {
                    return Err("the source is somebody else's");
                }
                self.transfer(source, vault, *amount)
            }
            Action::Lamports { .. } => Ok(()),
            Action::CreateVault { owner, vault, mint, .. } => {
                self.ensure_tokens(vault, owner, &places.mints[*mint].address);
                Ok(())
            }
        }
    }

    fn book_mut(&mut self, at: &Address) -> Result<&mut Book, Refusal> {
        match self.program_mut(at) {
            Some(Account::Book(book)) => Ok(book),
            _ => Err("there is no such book"),
        }
    }

    /// The book, if `payer` is its payer.
    fn own_book(&mut self, site: &BookSite, payer: &Address) -> Result<&mut Book, Refusal> {
        let book = self.book_mut(&site.address)?;
        match book.payer == *payer {
            true => Ok(book),
            false => Err("somebody else's book"),
        }
    }

    /// Who is paid without signing is paid to the associated token account; who signs, to any of his.
    /// `left_over`: what nobody will add to any more goes to any of his as well (none has a delegate).
    fn require_reaches(
        &self,
        to: &Payment,
        mint: &MintSite,
        payee: &Address,
        left_over: bool,
    ) -> Result<(), Refusal> {
        self.require_of(&to.destination, &mint.address, payee)?;
        let own = find_associated(payee, &mint.token_program, &mint.address);
        match left_over || to.by == Some(*payee) || own == (to.destination, to.bump) {
            true => Ok(()),
            false => Err("the payee has not picked that account"),
        }
    }

    /// A destination must be a token account of the mint and of `owner`.
    fn require_of(&self, at: &Address, mint: &Address, owner: &Address) -> Result<(), Refusal> {
        let token = self.token(at)?;
        match token.mint == *mint && token.owner == *owner {
            true => Ok(()),
            false => Err("the destination is of another mint or owner"),
        }
    }
}

/// A sum that has to fit 64 bits.
fn sum(a: u64, b: u64) -> Result<u64, Refusal> {
    u64::try_from(u128::from(a) + u128::from(b)).map_err(|_| "a total would not fit")
}

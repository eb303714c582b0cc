//! What the program should do, written again from its description: no code of it is used here.

mod book;
mod fees;
mod lines;
mod policy;
mod pool;
mod settle;

pub mod line;

use std::{collections::BTreeMap, rc::Rc};

use solana_address::Address;

use crate::{
    action::{Action, Payment},
    chain::View,
    places::{BookSite, MintSite, Places},
    state::{Book, Member, Pool, State, Token},
    wire,
};
pub use line::Refusal;

/// All state that matters, and the time.
#[derive(Clone)]
pub struct Model {
    pub accounts: BTreeMap<Address, Rc<State>>,
    /// Unix seconds.
    pub now: i64,
    pub slot: u64,
    /// Newest slot hash.
    pub hash: [u8; 32],
}

impl Model {
    /// Takes over what is on a chain.
    pub fn of(view: &View, now: i64, slot: u64, hash: [u8; 32]) -> Self {
        let mut model = Self { accounts: BTreeMap::new(), now, slot, hash };
        model.adopt(view);
        model
    }

    pub fn adopt(&mut self, view: &View) {
        self.accounts = view
            .iter()
            .filter(|(_, seen)| *seen.state != State::Wallet)
            .map(|(at, seen)| (*at, seen.state.clone()))
            .collect();
    }

    /// The first account in which the chain and the model differ.
    pub fn difference(&self, view: &View) -> Option<String> {
        for (at, seen) in view.iter().filter(|(_, seen)| *seen.state != State::Wallet) {
            match self.accounts.get(at) {
                Some(state) if Rc::ptr_eq(state, &seen.state) || *state == seen.state => {}
                other => return Some(format!("{at}: chain {:?}, model {other:?}", seen.state)),
            }
        }
        let gone = self.accounts.keys().find(|at| !view.contains_key(at));
        gone.map(|at| format!("{at}: not on the chain, model {:?}", self.accounts[at]))
    }

    /// Does what the action asks, or says why it must be refused, with nothing changed.
    pub fn apply(&mut self, places: &Places, action: &Action) -> Result<(), Refusal> {
        let mut next = self.clone();
        next.act(places, action)?;
        *self = next;
        Ok(())
    }

    fn act(&mut self, places: &Places, action: &Action) -> Result<(), Refusal> {
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
                self.ensure_vault(vault, owner, &places.mints[*mint].address);
                Ok(())
            }
        }
    }

    pub fn token(&self, at: &Address) -> Result<&Token, Refusal> {
        match self.accounts.get(at).map(Rc::as_ref) {
            Some(State::Token(token)) => Ok(token),
            _ => Err("there is no such token account"),
        }
    }

    pub fn book(&self, at: &Address) -> Option<&Book> {
        match self.accounts.get(at).map(Rc::as_ref) {
            Some(State::Book(book)) => Some(book),
            _ => None,
        }
    }

    pub fn pool(&self, at: &Address) -> Option<&Pool> {
        match self.accounts.get(at).map(Rc::as_ref) {
            Some(State::Pool(pool)) => Some(pool),
            _ => None,
        }
    }

    pub fn member(&self, at: &Address) -> Option<&Member> {
        match self.accounts.get(at).map(Rc::as_ref) {
            Some(State::Member(member)) => Some(member),
            _ => None,
        }
    }

    fn state_mut(&mut self, at: &Address) -> Option<&mut State> {
        self.accounts.get_mut(at).map(Rc::make_mut)
    }

    fn book_mut(&mut self, at: &Address) -> Result<&mut Book, Refusal> {
        match self.state_mut(at) {
            Some(State::Book(book)) => Ok(book),
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

    fn put(&mut self, at: Address, state: State) {
        self.accounts.insert(at, Rc::new(state));
    }

    fn ensure_vault(&mut self, vault: &Address, owner: &Address, mint: &Address) {
        if !self.accounts.contains_key(vault) {
            let empty = Token { mint: *mint, owner: *owner, amount: 0, frozen: false };
            self.put(*vault, State::Token(empty));
        }
    }

    fn balance_mut(&mut self, at: &Address) -> Result<&mut Token, Refusal> {
        match self.state_mut(at) {
            Some(State::Token(token)) => Ok(token),
            _ => Err("there is no such token account"),
        }
    }

    /// As the token programs do it: both ends there, of one mint, neither frozen.
    fn transfer(&mut self, from: &Address, to: &Address, amount: u64) -> Result<(), Refusal> {
        let (source, destination) = (self.token(from)?, self.token(to)?);
        if source.mint != destination.mint || source.frozen || destination.frozen {
            return Err("the token program refuses the transfer");
        }
        if source.amount < amount {
            return Err("the source holds less");
        }
        self.balance_mut(from)?.amount -= amount;
        self.balance_mut(to)?.amount += amount;
        Ok(())
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
        let own = wire::find_associated(payee, &mint.token_program, &mint.address);
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

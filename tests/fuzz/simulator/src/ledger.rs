//! What a model expects the chain to hold. Tokens move in it as the token programs move them; what
//! a game's programs do, the game adds.

use std::{collections::BTreeMap, rc::Rc};

use solana_address::Address;

use crate::view::{State, Token, View};

/// Why a model expects a refusal.
pub type Refusal = &'static str;

/// All state that matters, and the time.
#[derive(Clone)]
pub struct Ledger<P> {
    pub accounts: BTreeMap<Address, Rc<State<P>>>,
    /// Unix seconds.
    pub now: i64,
    pub slot: u64,
    /// Newest slot hash.
    pub hash: [u8; 32],
}

impl<P: Clone + Eq + core::fmt::Debug> Ledger<P> {
    pub fn new(now: i64, slot: u64, hash: [u8; 32]) -> Self {
        Self { accounts: BTreeMap::new(), now, slot, hash }
    }

    /// Takes over what is on a chain.
    pub fn adopt(&mut self, view: &View<P>) {
        self.accounts = view
            .iter()
            .filter(|(_, seen)| *seen.state != State::Wallet)
            .map(|(at, seen)| (*at, seen.state.clone()))
            .collect();
    }

    /// The first account in which the chain and the model differ.
    pub fn difference(&self, view: &View<P>) -> Option<String> {
        for (at, seen) in view.iter().filter(|(_, seen)| *seen.state != State::Wallet) {
            match self.accounts.get(at) {
                Some(state) if Rc::ptr_eq(state, &seen.state) || *state == seen.state => {}
                other => return Some(format!("{at}: chain {:?}, model {other:?}", seen.state)),
            }
        }
        let gone = self.accounts.keys().find(|at| !view.contains_key(at));
        gone.map(|at| format!("{at}: not on the chain, model {:?}", self.accounts[at]))
    }

    /// An account of one of the game's programs.
    pub fn program(&self, at: &Address) -> Option<&P> {
        match self.accounts.get(at).map(Rc::as_ref) {
            Some(State::Program(account)) => Some(account),
            _ => None,
        }
    }

    pub fn program_mut(&mut self, at: &Address) -> Option<&mut P> {
        match self.accounts.get_mut(at).map(Rc::make_mut) {
            Some(State::Program(account)) => Some(account),
            _ => None,
        }
    }

    pub fn put(&mut self, at: Address, account: P) {
        self.accounts.insert(at, Rc::new(State::Program(account)));
    }

    pub fn token(&self, at: &Address) -> Result<&Token, Refusal> {
        match self.accounts.get(at).map(Rc::as_ref) {
            Some(State::Token(token)) => Ok(token),
            _ => Err("there is no such token account"),
        }
    }

    pub fn token_mut(&mut self, at: &Address) -> Result<&mut Token, Refusal> {
        match self.accounts.get_mut(at).map(Rc::make_mut) {
            Some(State::Token(token)) => Ok(token),
            _ => Err("there is no such token account"),
        }
    }

    /// Tokens that the mint has made and that were not burned.
    pub fn supply_mut(&mut self, mint: &Address) -> Result<&mut u64, Refusal> {
        match self.accounts.get_mut(mint).map(Rc::make_mut) {
            Some(State::Mint(supply)) => Ok(supply),
            _ => Err("there is no such mint"),
        }
    }

    /// Creates a token account unless it is there.
    pub fn ensure_tokens(&mut self, at: &Address, owner: &Address, mint: &Address) {
        if !self.accounts.contains_key(at) {
            let empty = Token::new(*mint, *owner, 0);
            self.accounts.insert(*at, Rc::new(State::Token(empty)));
        }
    }

    /// As the token programs do it: both ends there, of one mint, neither frozen.
    pub fn transfer(&mut self, from: &Address, to: &Address, amount: u64) -> Result<(), Refusal> {
        let (source, destination) = (self.token(from)?, self.token(to)?);
        if source.mint != destination.mint || source.frozen || destination.frozen {
            return Err("the token program refuses the transfer");
        }
        if source.amount < amount {
            return Err("the source holds less");
        }
        self.token_mut(from)?.amount -= amount;
        self.token_mut(to)?.amount += amount;
        Ok(())
    }
}

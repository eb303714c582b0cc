//! What the chain holds, in plain values: the model keeps it, the decoder reads it, and the two
//! are compared field by field.

use std::{collections::BTreeMap, rc::Rc, sync::Arc};

use solana_address::Address;

use crate::data::Reader;

const TOKEN_ACCOUNT: usize = 165;
const MINT: usize = 82;

/// One account, by what it means; `P` are the kinds of account of a game's programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State<P> {
    Program(P),
    Token(Token),
    /// Supply, base units.
    Mint(u64),
    /// A wallet, or an address that only holds lamports.
    Wallet,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub mint: Address,
    pub owner: Address,
    pub amount: u64,
    pub frozen: bool,
    /// Who may spend from it beside the owner, and how much.
    pub delegate: Option<(Address, u64)>,
    pub close_authority: Option<Address>,
}

impl Token {
    /// As accounts begin: nobody's but the owner's.
    pub fn new(mint: Address, owner: Address, amount: u64) -> Self {
        Self { mint, owner, amount, frozen: false, delegate: None, close_authority: None }
    }
}

/// One account as it is now.
#[derive(Clone)]
pub struct Seen<P> {
    pub lamports: u64,
    pub owner: Address,
    pub data: Arc<Vec<u8>>,
    pub state: Rc<State<P>>,
}

impl<P> Seen<P> {
    /// Whether nothing at all differs.
    pub fn same(&self, other: &Self) -> bool {
        self.lamports == other.lamports
            && self.owner == other.owner
            && (Arc::ptr_eq(&self.data, &other.data) || self.data == other.data)
    }
}

/// Every account that a run has made, of whichever program.
pub type View<P> = BTreeMap<Address, Seen<P>>;

pub fn tokens<P>(view: &View<P>) -> impl Iterator<Item = (&Address, &Token)> {
    view.iter().filter_map(|(at, seen)| match &*seen.state {
        State::Token(token) => Some((at, token)),
        _ => None,
    })
}

/// Base units in a token account; none in one that is not there.
pub fn balance<P>(view: &View<P>, at: &Address) -> u64 {
    match view.get(at).map(|seen| &*seen.state) {
        Some(State::Token(token)) => token.amount,
        _ => 0,
    }
}

/// Accounts that differ, the fee payer's apart.
pub fn changes<P>(before: &View<P>, after: &View<P>) -> Vec<Address> {
    let differs = |at: &Address| match (before.get(at), after.get(at)) {
        (Some(old), Some(new)) => !old.same(new),
        _ => true,
    };
    let all = before.keys().chain(after.keys().filter(|at| !before.contains_key(at)));
    all.filter(|at| **at != *crate::BANK && differs(at)).copied().collect()
}

/// An account of a token program.
pub(crate) fn token_state<P>(data: &[u8]) -> Result<State<P>, String> {
    if data.len() == MINT {
        return Ok(State::Mint(Reader(&data[36..]).u64()?));
    }
    if data.len() < TOKEN_ACCOUNT {
        return Err(format!("a token program's account has {} bytes", data.len()));
    }
    let mut from = Reader(data);
    let (mint, owner, amount) = (from.key()?, from.key()?, from.u64()?);
    let (has_delegate, delegate) = (from.u32()?, from.key()?);
    let mut end = Reader(&data[121..]);
    let (delegated, may_be_closed, closer) = (end.u64()?, end.u32()?, end.key()?);
    Ok(State::Token(Token {
        mint,
        owner,
        amount,
        frozen: data[108] == 2,
        delegate: (has_delegate != 0).then_some((delegate, delegated)),
        close_authority: (may_be_closed != 0).then_some(closer),
    }))
}

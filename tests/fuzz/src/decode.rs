//! Accounts from their bytes, by the layouts that are published, not by the program's own types.

use solana_address::Address;

use crate::{
    state::{Book, Config, Hand, Line, Member, Policy, Pool, State, Token},
    wire::{account_tag, BOOK_TAG, PROGRAM, TOKEN, TOKEN_2022},
};

const HEADER: usize = 376;
const LINE: usize = 96;
const CONTROLLED: u32 = 1;
const RELEASED: u32 = 2;
const REMOVED: u32 = 4;
const TOKEN_ACCOUNT: usize = 165;
const MINT: usize = 82;

/// Reads values one after another; running over the end is a fault of the account.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (head, tail) = self.0.split_first_chunk::<N>().ok_or("an account is too short")?;
        self.0 = tail;
        Ok(*head)
    }
    fn key(&mut self) -> Result<Address, String> {
        Ok(Address::new_from_array(self.take()?))
    }
    fn u8(&mut self) -> Result<u8, String> {
        Ok(self.take::<1>()?[0])
    }
    fn u16(&mut self) -> Result<u16, String> {
        Ok(u16::from_le_bytes(self.take()?))
    }
    fn u32(&mut self) -> Result<u32, String> {
        Ok(u32::from_le_bytes(self.take()?))
    }
    fn u64(&mut self) -> Result<u64, String> {
        Ok(u64::from_le_bytes(self.take()?))
    }
    fn i64(&mut self) -> Result<i64, String> {
        Ok(i64::from_le_bytes(self.take()?))
    }
    fn u128(&mut self) -> Result<u128, String> {
        Ok(u128::from_le_bytes(self.take()?))
    }
}

/// What the account of `owner` with `data` is; an account of the program that is no known kind is
/// a fault, as is one whose unused room is not zero.
pub fn decode(owner: &Address, data: &[u8]) -> Result<State, String> {
    if *owner == PROGRAM {
        return program_account(data);
    }
    if *owner == TOKEN || *owner == TOKEN_2022 {
        return token(data);
    }
    match data.is_empty() {
        true => Ok(State::Wallet),
        false => Err(format!("an account with data belongs to {owner}")),
    }
}

fn program_account(data: &[u8]) -> Result<State, String> {
    let mut from = Reader(data);
    let tag = from.take::<8>()?;
    if tag == account_tag("Config") {
        let (authority, nominated) = (from.key()?, from.key()?);
        Ok(State::Config(Config { authority, nominated }))
    } else if tag == account_tag("MintPolicy") {
        Ok(State::Policy(Policy {
            mint: from.key()?,
            token_program: from.key()?,
            treasury: from.key()?,
            min_deposit: from.u64()?,
            allowed_extensions: from.u64()?,
            fee_bps: from.u16()?,
            burn_bps: from.u16()?,
            enabled: from.u8()? != 0,
        }))
    } else if tag == BOOK_TAG {
        book(from, data)
    } else if tag == account_tag("Pool") {
        Ok(State::Pool(Pool {
            owner: from.key()?,
            mint: from.key()?,
            vault: from.key()?,
            index: from.u128()?,
            total_units: from.u64()?,
            carried: from.u64()?,
            distributed: from.u64()?,
            claimed: from.u64()?,
            unshared: from.u64()?,
            members: from.u32()?,
            id: from.u16()?,
        }))
    } else if tag == account_tag("Member") {
        Ok(State::Member(Member {
            pool: from.key()?,
            who: from.key()?,
            units: from.u64()?,
            index: from.u128()?,
            owed: from.u128()?,
            claimed: from.u64()?,
        }))
    } else {
        Err(format!("an account of the program begins with {tag:?}"))
    }
}

fn book(mut from: Reader, data: &[u8]) -> Result<State, String> {
    let (payer, mint, vault, key) = (from.key()?, from.key()?, from.key()?, from.key()?);
    let (domain, controller) = (from.take()?, from.key()?);
    let present = Hand { key, expires_at: from.i64()?, cap: from.u64()?, spent: from.u64()? };
    let (deposited, refunded, claimed) = (from.u64()?, from.u64()?, from.u64()?);
    let (fees_accrued, fees_collected) = (from.u64()?, from.u64()?);
    let (free, committed, min_deposit) = (from.u64()?, from.u64()?, from.u64()?);
    let (opened_slot, grace_seconds) = (from.u64()?, from.u32()?);
    let (next_line, line_count, id, fee_bps) =
        (usize::from(from.u16()?), from.u16()?, from.u16()?, from.u16()?);
    // Bumps and decimals, which nothing but the program needs.
    from.take::<4>()?;
    let former =
        Hand { key: from.key()?, expires_at: from.i64()?, cap: from.u64()?, spent: from.u64()? };
    let last_taken_at = from.i64()?;
    let room = data.get(HEADER..).ok_or("a book is shorter than its header")?;
    let capacity = room.len() / LINE;
    if room.len() % LINE != 0 || next_line > capacity {
        return Err(format!("a book of {} bytes says it has {next_line} lines", data.len()));
    }
    let (used, spare) = room.split_at(next_line * LINE);
    if spare.iter().any(|byte| *byte != 0) {
        return Err("a book's spare room is not zero".into());
    }
    let lines = used.chunks_exact(LINE).map(line).collect::<Result<_, _>>()?;
    Ok(State::Book(Box::new(Book {
        payer,
        mint,
        vault,
        domain,
        controller,
        present,
        former,
        deposited,
        refunded,
        claimed,
        fees_accrued,
        fees_collected,
        free,
        committed,
        min_deposit,
        opened_slot,
        grace_seconds,
        line_count,
        id,
        fee_bps,
        capacity,
        last_taken_at,
        lines,
    })))
}

fn line(bytes: &[u8]) -> Result<Line, String> {
    let mut from = Reader(bytes);
    let (payee, deposit, vouched) = (from.key()?, from.u64()?, from.u64()?);
    let (rate, accrued, accrued_at) = (from.u64()?, from.u64()?, from.i64()?);
    let (claimed, closing_at, flags) = (from.u64()?, from.i64()?, from.u32()?);
    if flags & !(CONTROLLED | RELEASED | REMOVED) != 0 || from.u32()? != 0 {
        return Err(format!("a line has flags {flags} or padding that nobody knows"));
    }
    Ok(Line {
        payee,
        deposit,
        vouched,
        rate,
        accrued,
        accrued_at,
        claimed,
        closing_at,
        controlled: flags & CONTROLLED != 0,
        released: flags & RELEASED != 0,
        removed: flags & REMOVED != 0,
    })
}

fn token(data: &[u8]) -> Result<State, String> {
    if data.len() == MINT {
        return Ok(State::Mint(Reader(&data[36..]).u64()?));
    }
    if data.len() < TOKEN_ACCOUNT {
        return Err(format!("a token program's account has {} bytes", data.len()));
    }
    let mut from = Reader(data);
    let (mint, owner, amount) = (from.key()?, from.key()?, from.u64()?);
    // A delegate or a close authority would be somebody else's hand in it.
    if data[72] != 0 || data[129] != 0 {
        return Err("a token account has a delegate or a close authority".into());
    }
    Ok(State::Token(Token { mint, owner, amount, frozen: data[108] == 2 }))
}

//! Accounts from their bytes, by the layouts that are published, not by the program's own types.

use simulator::data::{account_tag, Reader};

use super::{
    program::BOOK_TAG,
    state::{Account, Book, Config, Hand, Line, Member, Policy, Pool},
};

const HEADER: usize = 376;
const LINE: usize = 96;
const CONTROLLED: u32 = 1;
const RELEASED: u32 = 2;
const REMOVED: u32 = 4;

/// What an account of the program is; one of no known kind is a fault, as is one whose unused room
/// is not zero.
pub fn decode(data: &[u8]) -> Result<Account, String> {
    let mut from = Reader(data);
    let tag = from.take::<8>()?;
    if tag == account_tag("Config") {
        let (authority, nominated) = (from.key()?, from.key()?);
        Ok(Account::Config(Config { authority, nominated }))
    } else if tag == account_tag("MintPolicy") {
        Ok(Account::Policy(Policy {
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
        Ok(Account::Pool(Pool {
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
        Ok(Account::Member(Member {
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

fn book(mut from: Reader, data: &[u8]) -> Result<Account, String> {
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
    Ok(Account::Book(Box::new(Book {
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

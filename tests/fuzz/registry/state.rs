//! What the chain holds, in plain values, and how it is read from bytes by the published layout.

use simulator::data::{account_tag, Reader};
use solana_address::Address;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    Config(Config),
    Class(Class),
    Region(Region),
    Operator(Operator),
}

pub type View = simulator::View<Account>;
pub type Ledger = simulator::Ledger<Account>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub authority: Address,
    pub nominated: Address,
    pub paused_from: i64,
    pub paused_until: i64,
    pub next_operator: u32,
    pub operators: u32,
    pub total_target_bps: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    pub name: [u8; 32],
    pub id: u16,
    /// 0 compute, then storage, sensor, bandwidth.
    pub kind: u8,
    pub gpu_eq_milli: u32,
    pub memory_mib: u32,
    pub min_benchmark: u32,
    pub interconnect: bool,
    pub bond_cents: u64,
    pub enabled: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    pub name: [u8; 32],
    pub id: u16,
    pub jurisdiction: u16,
    pub target_bps: u16,
    pub enabled: bool,
}

pub type Payout = Vec<(Address, u16)>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    pub authority: Address,
    pub nominated: Address,
    pub id: u32,
    pub registered_at: i64,
    pub payout: Payout,
}

const RECIPIENTS: usize = 8;

/// What an account of the program is; one of no known kind is a fault, as is an entry of a payout
/// behind an empty one, and whatever stands behind an account's last field.
pub fn decode(data: &[u8]) -> Result<Account, String> {
    let mut from = Reader(data);
    let tag = from.take::<8>()?;
    let account = if tag == account_tag("Config") {
        Account::Config(Config {
            authority: from.key()?,
            nominated: from.key()?,
            paused_from: from.i64()?,
            paused_until: from.i64()?,
            next_operator: from.u32()?,
            operators: from.u32()?,
            total_target_bps: from.u16()?,
        })
    } else if tag == account_tag("HardwareClass") {
        Account::Class(Class {
            name: from.take()?,
            id: from.u16()?,
            kind: from.u8()?,
            gpu_eq_milli: from.u32()?,
            memory_mib: from.u32()?,
            min_benchmark: from.u32()?,
            interconnect: from.u8()? != 0,
            bond_cents: from.u64()?,
            enabled: from.u8()? != 0,
        })
    } else if tag == account_tag("Region") {
        Account::Region(Region {
            name: from.take()?,
            id: from.u16()?,
            jurisdiction: from.u16()?,
            target_bps: from.u16()?,
            enabled: from.u8()? != 0,
        })
    } else if tag == account_tag("Operator") {
        Account::Operator(Operator {
            authority: from.key()?,
            nominated: from.key()?,
            id: from.u32()?,
            registered_at: from.i64()?,
            payout: payout(&mut from)?,
        })
    } else {
        return Err(format!("an account of the program begins with {tag:?}"));
    };
    // The bump, which nothing but the program needs.
    from.u8()?;
    match from.0 {
        [] => Ok(account),
        rest => Err(format!("{} bytes stand behind an account's last field", rest.len())),
    }
}

fn payout(from: &mut Reader) -> Result<Payout, String> {
    let entries = (0..RECIPIENTS)
        .map(|_| Ok((from.key()?, from.u16()?)))
        .collect::<Result<Payout, String>>()?;
    let used = entries.iter().take_while(|(_, bps)| *bps > 0).count();
    let (payout, empty) = entries.split_at(used);
    if empty.iter().any(|entry| *entry != (Address::default(), 0)) {
        return Err(format!("a payout goes on behind its end: {entries:?}"));
    }
    Ok(payout.to_vec())
}

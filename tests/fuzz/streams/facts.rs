//! The program's accounts in what a step changed.

use std::collections::BTreeMap;

use solana_address::Address;

use super::{
    action::Action,
    state::{Account, Book, Line, Member, Pool, State, View},
    voucher::Voucher,
    Streams,
};

pub type Facts<'a> = simulator::Facts<'a, Streams>;

/// Carried by the transaction, each with the book it was brought to.
pub fn vouchers<'a>(facts: &Facts<'a>) -> &'a [(usize, Voucher)] {
    match facts.action {
        Action::Settle { vouchers, .. } | Action::SettleMany { vouchers } => vouchers,
        _ => &[],
    }
}

pub fn books(view: &View) -> impl Iterator<Item = (&Address, &Book)> {
    view.iter().filter_map(|(at, seen)| match &*seen.state {
        State::Program(Account::Book(book)) => Some((at, &**book)),
        _ => None,
    })
}

pub fn pools(view: &View) -> impl Iterator<Item = (&Address, &Pool)> {
    view.iter().filter_map(|(at, seen)| match &*seen.state {
        State::Program(Account::Pool(pool)) => Some((at, pool)),
        _ => None,
    })
}

pub fn members(view: &View) -> impl Iterator<Item = (&Address, &Member)> {
    view.iter().filter_map(|(at, seen)| match &*seen.state {
        State::Program(Account::Member(member)) => Some((at, member)),
        _ => None,
    })
}

/// Books of the same life on both sides.
pub fn surviving<'a>(facts: &Facts<'a>) -> Vec<(&'a Address, &'a Book, &'a Book)> {
    let before: BTreeMap<_, _> = books(facts.before).collect();
    books(facts.after)
        .filter_map(|(at, after)| {
            let before = *before.get(at)?;
            (before.domain == after.domain).then_some((at, before, after))
        })
        .collect()
}

/// Lines of surviving books that were there before and changed.
pub fn changed_lines<'a>(
    before: &'a Book,
    after: &'a Book,
) -> impl Iterator<Item = (usize, &'a Line, &'a Line)> {
    let pairs = before.lines.iter().zip(&after.lines).enumerate();
    pairs.filter(|(_, (old, new))| old != new).map(|(nth, (old, new))| (nth, old, new))
}

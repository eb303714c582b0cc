//! Whose hand it takes.

use std::collections::BTreeMap;

use simulator::{addresses::associated, balance, ensure, tokens, Verdict};
use solana_address::Address;

use crate::streams::{
    facts::{books, changed_lines, members, pools, surviving, vouchers, Facts},
    model::line::{earned_at, net_due_at},
    state::{Account, Book, Hand, State, View},
};

/// What everybody has in each mint, at one moment: tokens, what their books owe nobody, and what
/// is due to them after fees.
fn positions(view: &View, now: i64) -> BTreeMap<(Address, Address), i128> {
    let mut all = BTreeMap::new();
    let mut add = |who: Address, mint: Address, amount: i128| {
        *all.entry((who, mint)).or_insert(0) += amount;
    };
    tokens(view).for_each(|(_, token)| add(token.owner, token.mint, token.amount.into()));
    for (_, book) in books(view) {
        add(book.payer, book.mint, book.free.into());
        for line in book.lines.iter().filter(|line| !line.removed) {
            let unearned = i128::from(line.deposit) - i128::from(earned_at(line, now));
            add(book.payer, book.mint, unearned);
            add(line.payee, book.mint, net_due_at(line, now, book.fee_bps));
        }
    }
    let pools: BTreeMap<_, _> = pools(view).collect();
    for (_, member) in members(view) {
        if let Some(pool) = pools.get(&member.pool) {
            let owed = member.owed + (pool.index - member.index) * u128::from(member.units);
            add(member.who, pool.mint, (owed >> 64) as i128);
        }
    }
    all
}

pub fn nobody_loses_without_signing(facts: &Facts) -> Verdict {
    let people: Vec<_> =
        (0..facts.game.places.people.len()).map(|n| facts.game.places.person(n)).collect();
    // A voucher is its signer's hand, who acts for the payer.
    let promised = |who: &Address| {
        books(facts.before).any(|(at, book)| {
            book.payer == *who
                && vouchers(facts).iter().any(|(site, voucher)| {
                    facts.game.places.books[*site].address == *at
                        && book.takes_from(&voucher.signer)
                        && voucher.domain == book.domain
                })
        })
    };
    let (before, after) = (positions(facts.before, facts.now), positions(facts.after, facts.now));
    for who in people.iter().filter(|who| !facts.signers.contains(who)) {
        let lamports = |view: &View| view.get(who).map(|seen| seen.lamports).unwrap_or_default();
        let (had, has) = (lamports(facts.before), lamports(facts.after));
        ensure(has >= had, || format!("{who} had {had} lamports, has {has}"))?;
        if promised(who) {
            continue;
        }
        for ((_, mint), had) in
            before.range((*who, Address::default())..).take_while(|((of, _), _)| of == who)
        {
            let has = after.get(&(*who, *mint)).copied().unwrap_or_default();
            ensure(has >= *had, || format!("{who} had {had} of {mint} and has {has}"))?;
        }
    }
    Ok(())
}

pub fn nobody_decides_for_another(facts: &Facts) -> Verdict {
    let signed = |who: &Address| facts.signers.contains(who);
    for (at, before, after) in surviving(facts) {
        let terms = |book: &Book| {
            let Hand { key, expires_at, cap, .. } = book.present;
            (key, expires_at, cap, book.refunded, book.lines.len())
        };
        ensure(terms(before) == terms(after) || signed(&before.payer), || {
            format!(
                "somebody but the payer changed {at}: {:?} to {:?}",
                terms(before),
                terms(after)
            )
        })?;
        for (nth, old, new) in changed_lines(before, after).filter(|(_, _, new)| !new.removed) {
            let master = if old.controlled { before.controller } else { before.payer };
            let say = |what: &str| format!("a stranger {what} line {nth} of {at}: {new:?}");
            ensure(new.deposit <= old.deposit || signed(&before.payer), || say("funded"))?;
            let ends = new.closing_at != old.closing_at;
            ensure(!ends || signed(&master) || signed(&old.payee), || say("closed"))?;
            ensure(new.rate == old.rate || ends || signed(&master), || say("paced"))?;
        }
    }
    for (at, old) in facts.before.iter() {
        let new = facts.after.get(at).map(|seen| &*seen.state);
        match (&*old.state, new) {
            (State::Program(Account::Config(old)), Some(State::Program(Account::Config(new))))
                if old != new =>
            {
                let accepts = new.authority == old.nominated && signed(&old.nominated);
                ensure(
                    signed(&old.authority) && old.authority == new.authority || accepts,
                    || format!("the config went from {old:?} to {new:?}"),
                )?;
            }
            (State::Program(Account::Policy(old)), Some(State::Program(Account::Policy(new))))
                if old != new =>
            {
                let authority = facts.before.values().find_map(|seen| match &*seen.state {
                    State::Program(Account::Config(config)) => Some(config.authority),
                    _ => None,
                });
                ensure(authority.is_some_and(|who| signed(&who)), || {
                    format!("a stranger set the policy to {new:?}")
                })?;
                ensure(new.fee_bps <= 500, || format!("a fee of {} bps", new.fee_bps))?;
            }
            (State::Program(Account::Pool(old)), Some(State::Program(Account::Pool(new))))
                if old.total_units != new.total_units =>
            {
                ensure(signed(&old.owner), || format!("a stranger set units of {at}"))?;
            }
            (State::Program(Account::Book(old)), None) => {
                // Anybody may clear away what is spent; only the payer what is not.
                let left = facts.now - old.last_taken_at >= 86_400;
                let spent = old.free == 0 && !old.lines.is_empty() && left;
                ensure(signed(&old.payer) || spent, || format!("a stranger closed {at}"))?;
            }
            (State::Program(Account::Pool(old)), None) => {
                ensure(signed(&old.owner), || format!("a stranger closed {at}"))?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// W13: tokens that come out of the program's vaults. Only what is left on a released line, or owed to
/// a member without units, may go to another account of the one it belongs to.
pub fn nobody_picks_for_another(facts: &Facts) -> Verdict {
    let people: Vec<_> =
        (0..facts.game.places.people.len()).map(|n| facts.game.places.person(n)).collect();
    let is_treasury = |at: &Address| {
        facts
            .before
            .values()
            .any(|seen| matches!(&*seen.state, State::Program(Account::Policy(policy)) if policy.treasury == *at))
    };
    let is_left_over = |owner: &Address| {
        facts.before.values().any(|seen| match &*seen.state {
            State::Program(Account::Book(book)) => {
                book.lines.iter().any(|line| line.payee == *owner && line.released && !line.removed)
            }
            State::Program(Account::Member(member)) => {
                member.who == *owner && member.units == 0 && member.owed > 0
            }
            _ => false,
        })
    };
    for (at, new) in tokens(facts.after) {
        let rose = new.amount > balance(facts.before, at);
        if !rose || !people.contains(&new.owner) || facts.signers.contains(&new.owner) {
            continue;
        }
        let mint = facts.game.places.mints.iter().find(|site| site.address == new.mint);
        let own = mint.map(|site| associated(&new.owner, &site.token_program, &site.address));
        ensure(own == Some(*at) || is_treasury(at) || is_left_over(&new.owner), || {
            format!("{} was paid to {at}, which somebody else picked", new.owner)
        })?;
    }
    Ok(())
}

//! Sums.

use simulator::{balance, ensure, Verdict};

use crate::streams::{
    facts::{books, members, pools, surviving, Facts},
    model::line::fee_on,
    state::{Account, Book, Pool, State, View},
};

pub fn tokens_vanish_only_as_fees(facts: &Facts) -> Verdict {
    let collected = |view: &View| -> u128 {
        books(view).map(|(_, book)| u128::from(book.fees_collected)).sum()
    };
    for (at, seen) in facts.after {
        let State::Mint(supply) = &*seen.state else { continue };
        let before = match facts.before.get(at).map(|seen| &*seen.state) {
            Some(State::Mint(before)) => *before,
            _ => *supply,
        };
        let burned = i128::from(before) - i128::from(*supply);
        let fees = collected(facts.after).saturating_sub(collected(facts.before)) as i128;
        ensure((0..=fees).contains(&burned), || {
            format!("{burned} of {at} were burned while {fees} of fees were collected")
        })?;
    }
    Ok(())
}

/// W15: fees are never the payer's, and what lies in a pool's vault is its members'.
pub fn what_came_in_is_whose_it_is(facts: &Facts) -> Verdict {
    for (at, before, after) in surviving(facts) {
        let held = |view| i128::from(balance(view, &before.vault));
        let credited = i128::from(after.deposited) - i128::from(before.deposited);
        let gained = held(facts.after) - held(facts.before);
        ensure(credited == 0 || credited == gained, || {
            format!("book {at} was credited {credited}, and its vault gained {gained}")
        })?;
    }
    for (at, old) in pools(facts.before) {
        let terms = |pool: &Pool| (pool.index, pool.total_units, pool.claimed);
        let Some((_, new)) = pools(facts.after).find(|(other, _)| *other == at) else { continue };
        ensure(new.unshared >= old.unshared || facts.signers.contains(&old.owner), || {
            format!("a stranger took of the {} that are the owner's of {at}", old.unshared)
        })?;
        if old.total_units == 0 || terms(old) == terms(new) {
            continue;
        }
        let (held, owed) = (balance(facts.after, &new.vault), new.distributed - new.claimed);
        ensure(held == owed + new.unshared, || {
            format!("pool {at} has {held}, its members {owed} and its owner {}", new.unshared)
        })?;
    }
    Ok(())
}

pub fn vaults_cover_liabilities(facts: &Facts) -> Verdict {
    for (at, book) in books(facts.after) {
        let held = balance(facts.after, &book.vault);
        ensure(u128::from(held) >= book.liabilities(), || {
            format!("book {at} owes {} and holds {held}", book.liabilities())
        })?;
    }
    for (at, pool) in pools(facts.after) {
        let owed = pool.distributed - pool.claimed + pool.unshared;
        let held = balance(facts.after, &pool.vault);
        ensure(held >= owed, || format!("pool {at} owes {owed} and holds {held}"))?;
    }
    Ok(())
}

pub fn books_add_up(facts: &Facts) -> Verdict {
    for (at, book) in books(facts.after) {
        book_adds_up(facts, book).map_err(|found| format!("book {at}: {found}"))?;
    }
    for (at, pool) in pools(facts.after) {
        let closed: u128 = members(facts.before)
            .filter(|(member, state)| state.pool == *at && !facts.after.contains_key(member))
            .map(|(_, state)| state.owed)
            .sum();
        let dust = facts.memory.dust.get(at).copied().unwrap_or_default() + closed;
        let mine = members(facts.after).filter(|(_, member)| member.pool == *at);
        pool_adds_up(pool, mine.map(|(_, member)| member), dust)
            .map_err(|found| format!("pool {at}: {found}"))?;
    }
    Ok(())
}

fn book_adds_up(facts: &Facts, book: &Book) -> Verdict {
    let wide = u128::from;
    let out = wide(book.refunded) + wide(book.claimed) + wide(book.free) + wide(book.committed);
    ensure(wide(book.deposited) == out, || {
        format!("{} went in, {out} went out or is left", book.deposited)
    })?;
    let live = || book.lines.iter().filter(|line| !line.removed);
    let promised: u128 = live().map(|line| wide(line.deposit) - wide(line.claimed)).sum();
    ensure(wide(book.committed) == promised, || {
        format!("{} is committed, {promised} is promised", book.committed)
    })?;
    ensure(usize::from(book.line_count) == live().count(), || {
        format!("{} lines counted, {} live", book.line_count, live().count())
    })?;
    // The fee is owed on each line's running total, rounded up; of removed lines it is remembered.
    let removed_now: u128 = match facts.before.values().find_map(|seen| match &*seen.state {
        State::Program(Account::Book(before)) if before.domain == book.domain => Some(before),
        _ => None,
    }) {
        Some(before) => (before.lines.iter().zip(&book.lines))
            .filter(|(old, new)| new.removed && !old.removed)
            .map(|(old, _)| fee_on(old.claimed, book.fee_bps))
            .sum(),
        None => 0,
    };
    let owed = live().map(|line| fee_on(line.claimed, book.fee_bps)).sum::<u128>()
        + facts.memory.fees_of_removed.get(&book.domain).copied().unwrap_or_default()
        + removed_now;
    ensure(wide(book.fees_accrued) == owed, || {
        format!("{} of fees kept, {owed} owed on what was claimed", book.fees_accrued)
    })?;
    ensure(book.fees_collected <= book.fees_accrued && book.fees_accrued <= book.claimed, || {
        "fees exceed what they are kept from".into()
    })
}

fn pool_adds_up<'a>(
    pool: &Pool,
    members: impl Iterator<Item = &'a crate::streams::state::Member>,
    dust: u128,
) -> Verdict {
    let (mut parts, mut units, mut count) = (u128::from(pool.carried) + dust, 0u128, 0);
    for member in members {
        let since = pool.index - member.index;
        parts += member.owed + since * u128::from(member.units);
        units += u128::from(member.units);
        count += 1;
    }
    let left = u128::from(pool.distributed - pool.claimed) << 64;
    ensure(parts == left, || format!("{parts} parts are owed or carried, {left} are there"))?;
    ensure(units == u128::from(pool.total_units) && count == pool.members, || {
        format!("{units} units of {count} members, not {} of {}", pool.total_units, pool.members)
    })
}

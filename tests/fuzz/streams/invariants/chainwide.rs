//! Beginnings, ends and times of accounts.

use simulator::{ensure, Verdict};

use crate::streams::{
    facts::{books, changed_lines, surviving, Facts},
    state::{Account, State, View},
};

pub fn times_are_sane(facts: &Facts) -> Verdict {
    let latest = facts.memory.latest;
    for (at, book) in books(facts.after) {
        ensure(book.opened_slot <= facts.slot, || format!("{at} opens in the future"))?;
        for (nth, line) in book.lines.iter().enumerate().filter(|(_, line)| !line.removed) {
            let end = latest + i64::from(book.grace_seconds);
            ensure(line.accrued_at <= latest && line.closing_at <= end, || {
                format!("line {nth} of {at} is ahead of {latest}: {line:?}")
            })?;
        }
    }
    for (at, before, after) in surviving(facts) {
        for (nth, old, new) in changed_lines(before, after).filter(|(_, _, new)| !new.removed) {
            ensure(new.accrued_at >= old.accrued_at, || format!("line {nth} of {at} went back"))?;
        }
    }
    Ok(())
}

pub fn closed_is_empty(facts: &Facts) -> Verdict {
    for (at, old) in facts.before.iter() {
        let new = facts.after.get(at);
        ensure(new.is_none_or(|new| new.lamports > 0), || {
            format!("{at} is there without lamports")
        })?;
        let owner = match &*old.state {
            State::Program(Account::Book(book)) => book.payer,
            State::Program(Account::Pool(pool)) => pool.owner,
            State::Program(Account::Member(member)) => {
                match facts.before.get(&member.pool).map(|seen| &*seen.state) {
                    Some(State::Program(Account::Pool(pool))) => pool.owner,
                    _ => return Err(format!("{at} was a member of nothing")),
                }
            }
            _ => continue,
        };
        let Some(new) = new else {
            let gains = |view: &View| view.get(&owner).map_or(0, |seen| seen.lamports);
            let got = gains(facts.after).saturating_sub(gains(facts.before));
            ensure(got >= old.lamports, || {
                format!("{at} was closed, {got} of its {} lamports returned", old.lamports)
            })?;
            continue;
        };
        ensure(new.owner == old.owner && new.data.len() >= old.data.len(), || {
            format!("{at} is closed but not gone: {} bytes of {}", new.data.len(), new.owner)
        })?;
    }
    Ok(())
}

//! What must hold after every step, judged from the chain alone.

use std::collections::BTreeSet;

use simulator::{
    ensure, invariants,
    invariants::{lamports_vanish_only_as_fees, refused_changes_nothing},
    Invariant, State, Verdict,
};
use solana_address::Address;

use super::{
    state::{Account, Config, Operator, View},
    Registry,
};

type Facts<'a> = simulator::Facts<'a, Registry>;

pub const ALL: &[Invariant<Registry>] = invariants! {
    "G-3" refused_changes_nothing: "a refused instruction changes nothing but the fee payer",
    "G-1" lamports_vanish_only_as_fees: "lamports vanish only as fees",
    "NR-1" totals_are_sums: "what the configuration counts is the sum over the accounts",
    "NR-2" numbers_are_never_reused: "an operator's number is given once",
    "NR-3" worth_never_changes: "what others rely on in a class or a region never changes",
    "NR-4" payouts_are_whole: "every operator's pay is split without a rest",
    "G-4" nobody_decides_for_another: "terms change only by the hand that may change them",
    "G-5" pauses_end: "a pause ends by itself, and its like is not put behind it",
    "G-7" closed_is_empty: "who leaves gets the rent of what was his",
};

fn accounts(view: &View) -> impl Iterator<Item = (&Address, &Account)> {
    view.iter().filter_map(|(at, seen)| match &*seen.state {
        State::Program(account) => Some((at, account)),
        _ => None,
    })
}

fn operators(view: &View) -> impl Iterator<Item = (&Address, &Operator)> {
    accounts(view).filter_map(|(at, account)| match account {
        Account::Operator(operator) => Some((at, operator)),
        _ => None,
    })
}

fn config(view: &View) -> Result<&Config, String> {
    accounts(view)
        .find_map(|(_, account)| match account {
            Account::Config(config) => Some(config),
            _ => None,
        })
        .ok_or_else(|| "there is no configuration".into())
}

fn totals_are_sums(facts: &Facts) -> Verdict {
    let config = config(facts.after)?;
    let targets: u64 = accounts(facts.after)
        .map(|(_, account)| match account {
            Account::Region(region) => u64::from(region.target_bps),
            _ => 0,
        })
        .sum();
    ensure(targets == u64::from(config.total_target_bps) && targets <= 10_000, || {
        format!("targets come to {targets}: {config:?}")
    })?;
    let count = operators(facts.after).count();
    ensure(count == config.operators as usize, || format!("{count} operators: {config:?}"))
}

fn numbers_are_never_reused(facts: &Facts) -> Verdict {
    let (before, after) = (config(facts.before)?.next_operator, config(facts.after)?.next_operator);
    ensure(after >= before, || format!("the next number fell from {before} to {after}"))?;
    let known: BTreeSet<_> = operators(facts.before).map(|(_, one)| one.id).collect();
    for (_, Operator { id, .. }) in operators(facts.after) {
        let is_new = *id >= before && *id < after;
        ensure(known.contains(id) || is_new, || format!("number {id} is given again"))?;
    }
    Ok(())
}

fn worth_never_changes(facts: &Facts) -> Verdict {
    for (at, old) in accounts(facts.before) {
        let new = facts.after.get(at).map(|seen| &*seen.state);
        let kept = match (old, new) {
            (Account::Class(old), Some(State::Program(Account::Class(new)))) => {
                (old.id, old.kind, old.gpu_eq_milli) == (new.id, new.kind, new.gpu_eq_milli)
            }
            (Account::Region(old), Some(State::Program(Account::Region(new)))) => {
                (old.id, old.jurisdiction) == (new.id, new.jurisdiction)
            }
            (Account::Class(_) | Account::Region(_), _) => false,
            _ => true,
        };
        ensure(kept, || format!("{at} was {old:?} and is {new:?}"))?;
    }
    Ok(())
}

fn payouts_are_whole(facts: &Facts) -> Verdict {
    for (at, Operator { payout, .. }) in operators(facts.after) {
        let total: u64 = payout.iter().map(|(_, bps)| u64::from(*bps)).sum();
        ensure(total == 10_000, || format!("{at} pays out {payout:?}"))?;
    }
    Ok(())
}

fn nobody_decides_for_another(facts: &Facts) -> Verdict {
    let signed = |who: &Address| facts.signers.contains(who);
    let (before, after) = (config(facts.before)?, config(facts.after)?);
    let terms = |config: &Config| {
        let Config { authority, nominated, paused_from, paused_until, total_target_bps, .. } =
            *config;
        (authority, nominated, paused_from, paused_until, total_target_bps)
    };
    let accepts = after.authority == before.nominated && signed(&before.nominated);
    ensure(terms(before) == terms(after) || signed(&before.authority) || accepts, || {
        format!("the configuration went from {before:?} to {after:?}")
    })?;
    for (at, new) in accounts(facts.after) {
        let old = facts.before.get(at).map(|seen| &*seen.state);
        if let (Account::Class(_) | Account::Region(_), false) =
            (new, old.is_some_and(|old| matches!(old, State::Program(old) if old == new)))
        {
            ensure(signed(&before.authority), || format!("a stranger set {new:?}"))?;
        }
    }
    for (at, old) in operators(facts.before) {
        let new = operators(facts.after).find(|(place, _)| *place == at).map(|(_, new)| new);
        let taken = new.is_some_and(|new| {
            new.authority == old.nominated && signed(&old.nominated) && new.payout == old.payout
        });
        ensure(new == Some(old) || signed(&old.authority) || taken, || {
            format!("a stranger made {new:?} of {old:?}")
        })?;
    }
    Ok(())
}

fn pauses_end(facts: &Facts) -> Verdict {
    let (old, new) = (config(facts.before)?, config(facts.after)?);
    let length = new.paused_until - new.paused_from;
    ensure((0..=72 * 3_600).contains(&length), || format!("a pause of {length} s"))?;
    let rest = new.paused_from - old.paused_until;
    let rested =
        new.paused_from == old.paused_from || rest >= 4 * (old.paused_until - old.paused_from);
    ensure(rested, || format!("after {old:?} came {new:?}"))
}

fn closed_is_empty(facts: &Facts) -> Verdict {
    for (at, old) in operators(facts.before) {
        if facts.after.contains_key(at) {
            continue;
        }
        let lamports = |view: &View, at| view.get(at).map_or(0, |seen| seen.lamports);
        let got = lamports(facts.after, &old.authority) - lamports(facts.before, &old.authority);
        let rent = lamports(facts.before, at);
        ensure(got == rent, || format!("{} got {got} lamports, not {rent}", old.authority))?;
    }
    Ok(())
}

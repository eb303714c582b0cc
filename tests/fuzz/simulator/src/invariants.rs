//! What must hold after every step, judged from the chain alone: the model may be wrong about
//! something and these would still catch the theft. Those below hold whatever the programs are.

use std::collections::BTreeMap;

use crate::{changes, tokens, Facts, Game, State, View};

/// A broken promise, or nothing.
pub type Verdict = Result<(), String>;

pub struct Invariant<G: Game> {
    /// As security.md calls it.
    pub id: &'static str,
    pub promise: &'static str,
    pub check: fn(&Facts<G>) -> Verdict,
}

/// A list of them: id, function, promise.
#[macro_export]
macro_rules! invariants {
    ($($id:literal $check:path: $promise:literal,)*) => {
        &[$($crate::Invariant { id: $id, promise: $promise, check: $check }),*]
    };
}

/// The first that does not hold, as "ID (promise): what was found".
pub fn judge<G: Game>(facts: &Facts<G>) -> Verdict {
    for Invariant { id, promise, check } in G::INVARIANTS {
        check(facts).map_err(|found| format!("{id} ({promise}): {found}"))?;
    }
    Ok(())
}

/// `Err` with the sentence unless it holds.
pub fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Verdict {
    match holds {
        true => Ok(()),
        false => Err(otherwise()),
    }
}

pub fn refused_changes_nothing<G: Game>(facts: &Facts<G>) -> Verdict {
    if facts.outcome.accepted {
        return Ok(());
    }
    let changed = changes(facts.before, facts.after);
    ensure(changed.is_empty(), || format!("refused ({}), yet: {changed:?}", facts.outcome.error))
}

pub fn lamports_vanish_only_as_fees<G: Game>(facts: &Facts<G>) -> Verdict {
    let lamports = |view: &View<G::Account>| -> u128 {
        view.values().map(|seen| u128::from(seen.lamports)).sum()
    };
    let (had, has) = (lamports(facts.before), lamports(facts.after));
    ensure(had == has + u128::from(facts.outcome.fee), || {
        format!("{had} lamports became {has}, with a fee of {}", facts.outcome.fee)
    })
}

/// All tokens of a mint are in some token account.
pub fn supply_is_held<G: Game>(facts: &Facts<G>) -> Verdict {
    let mut held = BTreeMap::new();
    for (_, token) in tokens(facts.after) {
        *held.entry(token.mint).or_insert(0u128) += u128::from(token.amount);
    }
    for (at, seen) in facts.after {
        let State::Mint(supply) = &*seen.state else { continue };
        let held = held.get(at).copied().unwrap_or_default();
        ensure(held == u128::from(*supply), || format!("{held} of {at} are held, not {supply}"))?;
    }
    Ok(())
}

/// For programs that never name a delegate or a close authority.
pub fn owners_alone_move_tokens<G: Game>(facts: &Facts<G>) -> Verdict {
    for (at, token) in tokens(facts.after) {
        let alone = token.delegate.is_none() && token.close_authority.is_none();
        ensure(alone, || format!("{at} has a delegate or a close authority: {token:?}"))?;
    }
    Ok(())
}

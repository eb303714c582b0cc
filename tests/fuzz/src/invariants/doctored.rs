//! G-3 cannot be broken by any program, for the runtime undoes what is refused; so no mutant shows
//! that the check of it sees anything. Instead it is shown accounts that were tampered with.

use std::{collections::BTreeSet, rc::Rc, sync::Arc};

use solana_address::Address;

use super::{judge, Verdict};
use crate::{
    chain::{Outcome, Seen, View},
    facts::{Facts, Memory},
    places::Places,
    state::State,
};

fn wallet(lamports: u64, data: &[u8]) -> Seen {
    Seen {
        lamports,
        owner: Address::default(),
        data: Arc::new(data.to_vec()),
        state: Rc::new(State::Wallet),
    }
}

/// Fails if a tampered account goes unnoticed, or an untouched one does not.
pub fn check(places: &Places) -> Verdict {
    let at = places.person(0);
    let before = View::from([(at, wallet(5, &[1]))]);
    let cases = [
        ("nothing", View::from([(at, wallet(5, &[1]))]), false),
        ("data", View::from([(at, wallet(5, &[2]))]), true),
        ("lamports", View::from([(at, wallet(4, &[1]))]), true),
        ("an account gone", View::new(), true),
        (
            "an account more",
            View::from([(at, wallet(5, &[1])), (places.config, wallet(1, &[]))]),
            true,
        ),
    ];
    for (what, after, wrong) in cases {
        let outcome =
            Outcome { accepted: false, fee: 0, error: "refused".into(), logs: Vec::new() };
        let verdict = judge(&Facts {
            places,
            before: &before,
            after: &after,
            outcome: &outcome,
            signers: &BTreeSet::new(),
            vouchers: &[],
            now: 0,
            slot: 0,
            memory: &Memory::default(),
        });
        let seen = verdict.is_err_and(|found| found.starts_with("G-3"));
        if seen != wrong {
            return Err(format!("G-3 does not tell a refused call that changed {what}"));
        }
    }
    Ok(())
}

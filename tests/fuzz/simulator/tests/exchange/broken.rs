//! G-3 cannot be broken by any program, for the runtime undoes what is refused; so no mutant shows
//! that the check of it sees anything. Instead it is shown forged accounts.

use std::{collections::BTreeSet, rc::Rc, sync::Arc};

use simulator::{invariants::refused_changes_nothing, Facts, Outcome, Seen, State, View};
use solana_address::Address;

use crate::game::{Action, Exchange, Fault};

fn wallet(lamports: u64, data: &[u8]) -> Seen<()> {
    let (owner, state) = (Address::default(), Rc::new(State::Wallet));
    Seen { lamports, owner, data: Arc::new(data.to_vec()), state }
}

/// Whether a refused call that left `after` behind is noticed.
fn is_noticed(after: View<()>) -> bool {
    let at = Address::new_from_array([1; 32]);
    let outcome = Outcome { accepted: false, fee: 0, error: "refused".into(), logs: Vec::new() };
    refused_changes_nothing(&Facts {
        game: &Exchange::new(Fault::None),
        action: &Action::Change { who: 0, mint: 0, amount: 0 },
        before: &View::from([(at, wallet(5, &[1]))]),
        after: &after,
        outcome: &outcome,
        signers: &BTreeSet::new(),
        now: 0,
        slot: 0,
        memory: &(),
    })
    .is_err()
}

#[test]
fn a_refused_call_that_changed_something_is_noticed() {
    let [at, other] = [1, 2].map(|n| Address::new_from_array([n; 32]));
    assert!(!is_noticed(View::from([(at, wallet(5, &[1]))])), "nothing was changed");
    assert!(is_noticed(View::from([(at, wallet(5, &[2]))])), "data");
    assert!(is_noticed(View::from([(at, wallet(4, &[1]))])), "lamports");
    assert!(is_noticed(View::new()), "an account gone");
    let more = View::from([(at, wallet(5, &[1])), (other, wallet(1, &[]))]);
    assert!(is_noticed(more), "an account more");
}

//! A small game over two token programs: whoever changes coins of one for coins of the other has as
//! many as before. It needs no program of ours, and shows that a fault is found by each means: the
//! model, and an invariant that looks at both programs.

mod broken;
mod game;

use simulator::{run, Base, Failure, Game, Judge, Run, Tally};

use game::{Exchange, Fault};

fn play(fault: Fault, judge: Judge) -> Result<Tally, Failure> {
    let base = Base::load(&[], Exchange::decode).expect("there is nothing to load");
    run(&Exchange::new(fault), &base, Run { seed: 1, steps: 6_000, judge })
}

fn found(fault: Fault, judge: Judge) -> String {
    match play(fault, judge) {
        Ok(_) => panic!("{fault:?} was not found"),
        Err(failure) => failure.found,
    }
}

#[test]
fn the_honest_game_breaks_nothing() {
    for judge in [Judge::All, Judge::Invariants] {
        let tally = play(Fault::None, judge).unwrap_or_else(|failure| panic!("{failure}"));
        for name in Exchange::ACTIONS.accepted {
            let (accepted, refused) = tally[*name];
            assert!(accepted > 0 && refused > 0, "{name}: {accepted} and {refused}");
        }
    }
}

#[test]
fn a_wrong_model_differs_from_the_chain() {
    let found = found(Fault::Model, Judge::All);
    assert!(found.starts_with("MODEL differs"), "{found}");
    // The invariants do not ask the model.
    assert!(play(Fault::Model, Judge::Invariants).is_ok());
}

#[test]
fn an_exchange_that_pays_too_much_breaks_what_holds_across_programs() {
    let found = found(Fault::Exchange, Judge::Invariants);
    assert!(found.starts_with("X-1 "), "{found}");
}

#[test]
fn the_same_seed_is_the_same_walk() {
    let tallies = [(), ()].map(|()| play(Fault::None, Judge::All).ok());
    assert!(tallies[0].is_some() && tallies[0] == tallies[1]);
}

#[test]
fn a_failure_names_the_walk_that_fails_again() {
    let Err(first) = play(Fault::Model, Judge::All) else { panic!("not found") };
    let base = Base::load(&[], Exchange::decode).expect("there is nothing to load");
    let again = Run { seed: first.seed, steps: simulator::STEPS, judge: Judge::All };
    let Err(second) = simulator::walk(&Exchange::new(Fault::Model), &base, again) else {
        panic!("not found again")
    };
    assert_eq!((first.step, first.found), (second.step, second.found));
    assert_eq!(first.last_steps, second.last_steps);
}

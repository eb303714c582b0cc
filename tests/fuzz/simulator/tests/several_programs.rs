//! A game may be about several programs: each is loaded from its file, and one transaction can go
//! through all of them. Here it is `tests/programs/caller`, twice: the first passes a call on to the
//! second, which has nobody to pass it on to.

use std::path::PathBuf;

use simulator::{Base, Chain, Program};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};

const FIRST: Program = program(1);
const SECOND: Program = program(2);

const fn program(n: u8) -> Program {
    Program { name: "caller", address: Address::new_from_array([n; 32]) }
}

fn chain_with(programs: &[Program]) -> Result<Chain<()>, String> {
    let file = |program: &Program| {
        let built = format!("../../../target/simulators/tests/{}.so", program.name);
        (*program, PathBuf::from(built))
    };
    let base: Base<()> = Base::load(&programs.iter().map(file).collect::<Vec<_>>(), |_, _| Ok(()))?;
    Ok(base.start(false))
}

fn first_calls_second() -> Instruction {
    let accounts = vec![AccountMeta::new_readonly(SECOND.address, false)];
    Instruction { program_id: FIRST.address, accounts, data: vec![7] }
}

#[test]
fn one_transaction_goes_through_two_programs() {
    let mut chain = chain_with(&[FIRST, SECOND]).unwrap();
    let outcome = chain.send(&[first_calls_second()], &[]);
    assert!(outcome.accepted, "{}", outcome.error);
    for (program, depth) in [(FIRST, 1), (SECOND, 2)] {
        let begun = format!("Program {} invoke [{depth}]", program.address);
        assert!(outcome.logs.contains(&begun), "{:?}", outcome.logs);
        assert!(chain.is_game_program(&program.address));
    }
}

#[test]
fn a_program_that_the_game_does_not_name_is_not_there() {
    let mut chain = chain_with(&[FIRST]).unwrap();
    assert!(!chain.is_game_program(&SECOND.address));
    // The second account is no program: the first one has nothing to do.
    let outcome = chain.send(&[first_calls_second()], &[]);
    assert!(outcome.accepted, "{}", outcome.error);
    assert!(outcome.logs.iter().all(|line| !line.contains("invoke [2]")), "{:?}", outcome.logs);
}

#[test]
fn a_file_that_is_missing_is_named() {
    let missing = Program { name: "absent", ..FIRST };
    let error = chain_with(&[missing]).err().unwrap();
    assert!(error.contains("absent.so") && error.contains("npm run build"), "{error}");
}

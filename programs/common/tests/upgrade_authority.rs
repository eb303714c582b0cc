//! Who counts as a program's upgrade authority, over accounts laid out as the loaders do.
//!
//! A running program is never marked as anything else, so that no simulator can show these cases.

#![allow(clippy::unwrap_used)]

use anchor_lang::{prelude::*, solana_program::bpf_loader_upgradeable};
use pinfi_common::authority::{is_upgrade_authority, ProgramData};

const PROGRAM: Pubkey = Pubkey::new_from_array([1; 32]);
const DATA: Pubkey = Pubkey::new_from_array([2; 32]);
const AUTHORITY: Pubkey = Pubkey::new_from_array([3; 32]);
/// The loader whose programs stay as they are.
const FINAL_LOADER: Pubkey = pubkey!("BPFLoader2111111111111111111111111111111111");
const MARK_OF_PROGRAM: u8 = 2;

#[derive(Clone)]
struct Ours;

impl Id for Ours {
    fn id() -> Pubkey {
        PROGRAM
    }
}

/// Whether `AUTHORITY` may set up a program whose account `loader` owns and marks so.
fn may_set_up(loader: Pubkey, mark: u8) -> bool {
    let mut program_bytes = vec![mark, 0, 0, 0];
    program_bytes.extend(DATA.as_ref());
    let mut data_bytes = vec![3, 0, 0, 0];
    data_bytes.extend(9_u64.to_le_bytes());
    data_bytes.push(1);
    data_bytes.extend(AUTHORITY.as_ref());
    let system = Pubkey::default();
    let [mut of_program, mut of_data, mut of_authority] = [1, 1, 1];
    let program = AccountInfo::new(
        &PROGRAM,
        false,
        false,
        &mut of_program,
        &mut program_bytes,
        &loader,
        true,
    );
    let owner = bpf_loader_upgradeable::ID;
    let data = AccountInfo::new(&DATA, false, false, &mut of_data, &mut data_bytes, &owner, false);
    let signer =
        AccountInfo::new(&AUTHORITY, true, false, &mut of_authority, &mut [], &system, false);
    is_upgrade_authority(
        &Program::<Ours>::try_from(&program).unwrap(),
        &Account::<ProgramData>::try_from(&data).unwrap(),
        &Signer::try_from(&signer).unwrap(),
    )
    .unwrap()
}

#[test]
fn the_authority_in_a_programs_own_data_is_taken() {
    assert!(may_set_up(bpf_loader_upgradeable::ID, MARK_OF_PROGRAM));
}

#[test]
fn a_program_of_another_loader_has_no_upgrade_authority() {
    assert!(!may_set_up(FINAL_LOADER, MARK_OF_PROGRAM));
}

#[test]
fn an_account_that_the_loader_marks_as_something_else_names_no_data() {
    for mark in [0, 1, 3] {
        assert!(!may_set_up(bpf_loader_upgradeable::ID, mark));
    }
}

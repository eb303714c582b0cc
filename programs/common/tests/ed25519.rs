//! The signature reader against transactions in the runtime's own encoding.

#![allow(clippy::unwrap_used)]

use anchor_lang::{
    prelude::Pubkey,
    solana_program::sysvar::instructions::{construct_instructions_data, BorrowedInstruction},
};
use pinfi_common::ed25519::{verify, Claim, Fault, PROGRAM_ID};
use proptest::prelude::*;

const PROGRAM: Pubkey = Pubkey::new_from_array([1; 32]);
const SIGNERS: [[u8; 32]; 3] = [[10; 32], [11; 32], [12; 32]];
const MESSAGE: (u16, u16) = (8, 47);

/// An ed25519 instruction in the canonical layout: signer `j` signs instruction `1 + j`.
fn canonical(count: usize) -> Vec<u8> {
    let mut data = vec![u8::try_from(count).unwrap(), 0];
    let keys = 2 + 14 * count;
    for entry in 0..count {
        let key = u16::try_from(keys + 96 * entry).unwrap();
        let asking = u16::try_from(1 + entry).unwrap();
        for field in [key + 32, u16::MAX, key, u16::MAX, MESSAGE.0, MESSAGE.1, asking] {
            data.extend(field.to_le_bytes());
        }
    }
    for signer in SIGNERS.iter().take(count) {
        data.extend(signer);
        data.extend([7; 64]);
    }
    data
}

/// The sysvar's bytes while instruction `current` of these runs.
fn sysvar(instructions: &[(Pubkey, Vec<u8>)], current: u16) -> Vec<u8> {
    let borrowed: Vec<_> = instructions
        .iter()
        .map(|(program_id, data)| BorrowedInstruction { program_id, accounts: vec![], data })
        .collect();
    let mut bytes = construct_instructions_data(&borrowed);
    let end = bytes.len() - 2;
    bytes[end..].copy_from_slice(&current.to_le_bytes());
    bytes
}

fn claim(entry: u8) -> Claim<'static> {
    Claim {
        program_id: PROGRAM.as_array(),
        instruction: 0,
        entry,
        signer: &SIGNERS[usize::from(entry)],
        message_offset: MESSAGE.0,
        message_len: MESSAGE.1,
    }
}

fn transaction(signatures: Vec<u8>) -> Vec<(Pubkey, Vec<u8>)> {
    let settle = (PROGRAM, vec![0; 57]);
    vec![(Pubkey::new_from_array(PROGRAM_ID), signatures), settle.clone(), settle.clone(), settle]
}

#[test]
fn each_entry_serves_its_own_instruction() {
    let transaction = transaction(canonical(3));
    for entry in 0..3u8 {
        for current in 1..4u16 {
            let found = verify(&sysvar(&transaction, current), &claim(entry));
            let honest = current == u16::from(entry) + 1;
            assert_eq!(found, if honest { Ok(()) } else { Err(Fault::OtherInstruction) });
        }
    }
}

#[test]
fn every_claim_is_compared() {
    let bytes = sysvar(&transaction(canonical(1)), 1);
    let other = [99; 32];
    assert_eq!(verify(&bytes, &claim(0)), Ok(()));
    assert_eq!(verify(&bytes, &Claim { signer: &other, ..claim(0) }), Err(Fault::OtherSigner));
    assert_eq!(verify(&bytes, &Claim { message_offset: 9, ..claim(0) }), Err(Fault::OtherMessage));
    assert_eq!(verify(&bytes, &Claim { message_len: 46, ..claim(0) }), Err(Fault::OtherMessage));
    assert_eq!(verify(&bytes, &Claim { entry: 1, ..claim(0) }), Err(Fault::Layout));
    assert_eq!(verify(&bytes, &Claim { instruction: 1, ..claim(0) }), Err(Fault::Missing));
    assert_eq!(verify(&bytes, &Claim { program_id: &other, ..claim(0) }), Err(Fault::NotTopLevel));
}

#[test]
fn another_programs_instruction_proves_nothing() {
    let mut other = transaction(canonical(1));
    other[0].0 = PROGRAM;
    assert_eq!(verify(&sysvar(&other, 1), &claim(0)), Err(Fault::NotEd25519));
}

#[test]
fn a_signature_must_come_before() {
    let mut late = transaction(canonical(1));
    late.swap(0, 1);
    let found = verify(&sysvar(&late, 0), &Claim { instruction: 1, ..claim(0) });
    assert_eq!(found, Err(Fault::Missing));
}

/// D02, D03, D05: of all ways to change one byte of what precedes the signature, none is accepted.
#[test]
fn no_changed_byte_of_layout_or_key_is_accepted() {
    for count in 1..=3 {
        let honest = canonical(count);
        for entry in 0..u8::try_from(count).unwrap() {
            let current = u16::from(entry) + 1;
            let (fields, key) =
                (2 + 14 * usize::from(entry), 2 + 14 * count + 96 * usize::from(entry));
            let watched = (0..2).chain(fields..fields + 14).chain(key..key + 32);
            for at in watched {
                for value in 0..=u8::MAX {
                    let mut data = honest.clone();
                    data[at] = value;
                    let found = verify(&sysvar(&transaction(data.clone()), current), &claim(entry));
                    assert_eq!(found.is_ok(), data == honest, "byte {at} = {value} of {count}");
                }
            }
        }
    }
}

/// W22d: behind the offsets of the last entry the first key stands, and may say what offsets say.
#[test]
fn an_entry_behind_the_last_is_refused_although_a_key_reads_as_its_offsets() {
    let mut data = canonical(1);
    let last = u16::try_from(data.len()).unwrap();
    let (key, entry) = (16, 1);
    let offsets = [last + 32, u16::MAX, last, u16::MAX, MESSAGE.0, MESSAGE.1, 1];
    for (field, value) in offsets.into_iter().enumerate() {
        data[key + 2 * field..key + 2 * field + 2].copy_from_slice(&value.to_le_bytes());
    }
    assert_eq!(verify(&sysvar(&transaction(data), 1), &claim(entry)), Err(Fault::Layout));
    assert_eq!(verify(&sysvar(&transaction(canonical(2)), 2), &claim(entry)), Ok(()));
}

/// W22d: the runtime never says so; then what stands behind the last instruction's place is no place.
#[test]
fn a_current_instruction_behind_the_last_is_refused() {
    let all = transaction(canonical(1));
    let behind = u16::try_from(all.len()).unwrap();
    assert_eq!(verify(&sysvar(&all, behind), &claim(0)), Err(Fault::Layout));
    assert_eq!(verify(&sysvar(&all, 1), &claim(0)), Ok(()));
}

/// Beyond 64 KiB the sysvar's own 16-bit places wrap, and may point into anybody's data.
#[test]
fn a_sysvar_longer_than_its_places_can_say_is_refused() {
    let honest = |filler: usize| {
        let mut all = transaction(canonical(1));
        all.push((PROGRAM, vec![0; filler]));
        sysvar(&all, 1)
    };
    let rest = honest(0).len();
    let longest = honest(usize::from(u16::MAX) - rest);
    assert_eq!(longest.len(), usize::from(u16::MAX));
    assert_eq!(verify(&longest, &claim(0)), Ok(()));
    let beyond = honest(usize::from(u16::MAX) - rest + 1);
    assert_eq!(verify(&beyond, &claim(0)), Err(Fault::Layout));
}

#[test]
fn no_other_length_is_accepted() {
    for count in 1..=3usize {
        let honest = canonical(count);
        for len in 0..honest.len() + 40 {
            let mut data = honest.clone();
            data.resize(len, 0);
            let found = verify(&sysvar(&transaction(data), 1), &claim(0));
            assert_eq!(found.is_ok(), len == honest.len(), "{len} bytes for {count}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    /// Whatever the sysvar holds, reading it ends in an answer.
    #[test]
    fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400), instruction in any::<u8>(), entry in 0..3u8) {
        let _ = verify(&bytes, &Claim { instruction, ..claim(entry) });
    }

    #[test]
    fn garbage_signatures_are_refused(data in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(verify(&sysvar(&transaction(data), 1), &claim(0)).is_err());
    }
}

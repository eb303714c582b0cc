//! The reader of the runtime's input, held to what Solana's own reader makes of the same bytes.

use anchor_lang::{prelude::*, solana_program::entrypoint::deserialize};
use pinfi_common::hot::input::{
    count_accounts, discriminator, key_as_u64s, same_key, u64s_as_key, Reader,
};
use proptest::prelude::*;

/// An account as the runtime lays it out, or the position of the one it repeats.
#[derive(Clone, Debug)]
enum Listed {
    First { flags: [bool; 3], key: [u8; 32], owner: [u8; 32], lamports: u64, data: Vec<u8> },
    Again(u8),
}

fn first() -> impl Strategy<Value = Listed> {
    let data = proptest::collection::vec(any::<u8>(), 0..70);
    let keys = any::<([u8; 32], [u8; 32])>();
    (any::<[bool; 3]>(), keys, any::<u64>(), data).prop_map(
        |(flags, (key, owner), lamports, data)| Listed::First { flags, key, owner, lamports, data },
    )
}

/// The runtime's input, at an address that is a multiple of eight as there.
fn input(accounts: &[Listed], data: &[u8], program: [u8; 32]) -> Vec<u64> {
    let mut bytes = (accounts.len() as u64).to_le_bytes().to_vec();
    for account in accounts {
        match account {
            Listed::Again(position) => bytes.extend([*position, 0, 0, 0, 0, 0, 0, 0]),
            Listed::First { flags: [signer, writable, executable], key, owner, lamports, data } => {
                let flags = [u8::MAX, (*signer).into(), (*writable).into(), (*executable).into()];
                bytes.extend(flags);
                bytes.extend([0; 4]);
                bytes.extend(key);
                bytes.extend(owner);
                bytes.extend(lamports.to_le_bytes());
                bytes.extend((data.len() as u64).to_le_bytes());
                bytes.extend(data);
                bytes.extend(vec![0; 10 * 1024]);
                bytes.resize(bytes.len().next_multiple_of(8), 0);
                bytes.extend(u64::MAX.to_le_bytes());
            }
        }
    }
    bytes.extend((data.len() as u64).to_le_bytes());
    bytes.extend(data);
    bytes.extend(program);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes.chunks_exact(8).map(discriminator).collect()
}

proptest! {
    #[test]
    fn finds_what_solana_finds(
        accounts in [first(), first(), first()],
        data in proptest::collection::vec(any::<u8>(), 0..40),
        program in any::<[u8; 32]>(),
    ) {
        let mut input = input(&accounts, &data, program);
        let at = input.as_mut_ptr().cast::<u8>();
        // SAFETY: laid out as the runtime does.
        unsafe {
            prop_assert_eq!(count_accounts(at), 3);
            let mut reader = Reader::of(at);
            let (_, theirs, their_data) = deserialize(at);
            for theirs in &theirs {
                let ours = reader.account().unwrap();
                prop_assert_eq!(u64s_as_key(&ours.key), theirs.key);
                prop_assert_eq!(u64s_as_key(&ours.owner), theirs.owner);
                prop_assert_eq!(ours.lamports, theirs.lamports());
                prop_assert_eq!(ours.signer != 0, theirs.is_signer);
                prop_assert_eq!(ours.writable != 0, theirs.is_writable);
                prop_assert_eq!(ours.executable != 0, theirs.executable);
                prop_assert_eq!(ours.len, theirs.data_len() as u64);
                prop_assert_eq!(ours.data().cast_const(), theirs.data.borrow().as_ptr());
            }
            let ours = reader.data();
            prop_assert_eq!(ours.at, their_data.as_ptr());
            prop_assert_eq!(ours.len, their_data.len());
            let name = discriminator(&[&data[..], &program[..]].concat());
            prop_assert!(ours.begins_with(name));
            prop_assert!(!ours.begins_with(name ^ 1) && !ours.begins_with(name ^ 1 << 63));
        }
    }

    #[test]
    fn takes_no_account_twice(
        accounts in [first(), first(), first()],
        repeated in 1usize..3,
        position in 0u8..2,
    ) {
        let mut accounts = accounts;
        prop_assume!(usize::from(position) < repeated);
        accounts[repeated] = Listed::Again(position);
        let mut input = input(&accounts, &[7; 11], [9; 32]);
        // SAFETY: laid out as the runtime does.
        unsafe {
            let mut reader = Reader::of(input.as_mut_ptr().cast());
            for _ in 0..repeated {
                prop_assert!(reader.account().is_some());
            }
            prop_assert!(reader.account().is_none());
        }
    }

    #[test]
    fn a_key_and_its_integers_are_the_same(key in any::<[u8; 32]>(), byte in 0usize..32) {
        let (key, integers) = (Pubkey::from(key), key_as_u64s(&Pubkey::from(key)));
        prop_assert_eq!(u64s_as_key(&integers), &key);
        prop_assert!(same_key(&integers, &key_as_u64s(&key)));
        let mut other = key.to_bytes();
        other[byte] ^= 1;
        prop_assert!(!same_key(&integers, &key_as_u64s(&Pubkey::from(other))));
    }
}

//! Our SHA-512 against the `sha2` crate's, and against the standard's own examples.

use brine_ed25519::hasher::Hasher;
use pinfi_common::hot::sha512::Sha512;
use proptest::prelude::*;
use sha2::Digest;

#[test]
fn gives_the_examples_of_the_standard() {
    let hex = |bytes: [u8; 64]| bytes.map(|byte| format!("{byte:02x}")).concat();
    assert_eq!(
        hex(Sha512::hash(b"abc")),
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
         2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    );
    assert_eq!(
        hex(Sha512::hash(b"")),
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce\
         47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"
    );
}

#[test]
fn agrees_at_every_length_around_the_ends_of_blocks() {
    let message: Vec<u8> = (0u16..600).map(|nth| nth.to_le_bytes()[0] ^ 0x5a).collect();
    for len in 0..message.len() {
        let message = &message[..len];
        assert_eq!(Sha512::hash(message), <[u8; 64]>::from(sha2::Sha512::digest(message)));
    }
}

proptest! {
    #[test]
    fn does_not_mind_how_the_message_is_split(
        parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..6),
    ) {
        let slices: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let whole = parts.concat();
        prop_assert_eq!(Sha512::hashv(&slices), <[u8; 64]>::from(sha2::Sha512::digest(whole)));
    }
}

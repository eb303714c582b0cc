//! A program's address, and whom to tell of a fault, where tools and explorers look for it.

/// `declare_id!` as Anchor has it, which `anchor keys sync` finds and changes, and with it a
/// security.txt about the program at that address: names and values, each ended by a zero byte,
/// between two marks (the format of the crate `solana-security-txt`).
///
/// Not by that crate, whose text is a reference: a linker that leaves out what nothing refers to
/// leaves it out. These are the bytes themselves, and said to be used.
#[macro_export]
macro_rules! declare_id {
    ($id:literal) => {
        anchor_lang::declare_id!($id);

        #[cfg(feature = "own-entrypoint")]
        const _: () = {
            const TEXT: &str = concat!(
                "=======BEGIN SECURITY.TXT V1=======\0",
                "name\0PinFi ",
                env!("CARGO_PKG_NAME"),
                "\0project_url\0https://explorer.solana.com/address/",
                $id,
                "\0contacts\0other:the program's upgrade authority\0",
                "policy\0Tell the contact before anybody else.\0",
                "preferred_languages\0en\0",
                "=======END SECURITY.TXT V1=======\0",
            );
            #[used]
            static BYTES: [u8; TEXT.len()] = match TEXT.as_bytes().first_chunk() {
                Some(bytes) => *bytes,
                None => unreachable!(),
            };
        };
    };
}

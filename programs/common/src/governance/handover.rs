use anchor_lang::prelude::*;

/// A program's `Config`, as far as it says who its authority is.
pub trait Handover {
    /// The authority, and who may take over from it: the default key when nobody may.
    fn authority_and_nominee(&mut self) -> (&mut Pubkey, &mut Pubkey);

    /// Names who may take over by accepting; the default key takes a nomination back.
    ///
    /// That the authority has signed is the caller's to check.
    fn nominate(&mut self, key: Pubkey) {
        *self.authority_and_nominee().1 = key;
    }

    /// Makes `signer` the authority and ends the nomination. False, with nothing changed, for whoever
    /// is not nominated.
    fn accept(&mut self, signer: Pubkey) -> bool {
        let (authority, nominee) = self.authority_and_nominee();
        if *nominee != signer || signer == Pubkey::default() {
            return false;
        }
        *authority = signer;
        *nominee = Pubkey::default();
        true
    }
}

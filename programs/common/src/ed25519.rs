//! Proof that a key signed part of a running instruction's data.
//!
//! An ed25519 instruction that has run was verified, and every instruction below the running one has
//! run; what is left to prove is *what* was verified. This reads the Instructions sysvar and accepts one
//! layout only, byte for byte, so that no offset can point anywhere but where it must:
//!
//! ```text
//! count u8, 0 u8 | count x offsets (7 x u16) | count x (public key 32, signature 64)
//! ```
//!
//! The signed message lies in the data of the instruction that asks, so it is sent once; and as
//! the signature names that instruction by index, it serves that instruction and no other.

/// `Ed25519SigVerify111111111111111111111111111`.
pub const PROGRAM_ID: [u8; 32] = [
    3, 125, 70, 214, 124, 147, 251, 190, 18, 249, 66, 143, 131, 141, 64, 255, 5, 112, 116, 73, 39,
    244, 138, 100, 252, 202, 112, 68, 128, 0, 0, 0,
];

/// Marks, in an offset, the ed25519 instruction itself.
const THIS_INSTRUCTION: u16 = u16::MAX;
const HEADER: usize = 2;
const OFFSETS: usize = 14;
const KEY: usize = 32;
const SIGNED: usize = KEY + 64;

/// Why a signature proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The asking instruction is not at the top level of the transaction.
    NotTopLevel,
    /// No instruction stands at that index before the asking one.
    Missing,
    /// The instruction there is another program's.
    NotEd25519,
    /// The instruction there is not in the one accepted layout.
    Layout,
    /// The signature is for another instruction's data.
    OtherInstruction,
    /// The signature covers other bytes of the instruction.
    OtherMessage,
    /// Another key signed.
    OtherSigner,
}

/// Which signature is meant, and what it must cover.
pub struct Claim<'a> {
    /// Program that asks; must be the one the transaction calls at the current index.
    pub program_id: &'a [u8; 32],
    /// Index of the ed25519 instruction in the transaction.
    pub instruction: u8,
    /// Which of its signatures.
    pub entry: u8,
    /// Key that must have signed.
    pub signer: &'a [u8; 32],
    /// Where the message lies in the asking instruction's data.
    pub message_offset: u16,
    /// Bytes of the message.
    pub message_len: u16,
}

/// Checks `claim` against `sysvar`, the data of the Instructions sysvar account.
///
/// The caller has checked that account's address.
pub fn verify(sysvar: &[u8], claim: &Claim) -> Result<(), Fault> {
    // The sysvar says in 16 bits where each instruction is: in a longer one that may be elsewhere.
    if sysvar.len() > usize::from(u16::MAX) {
        return Err(Fault::Layout);
    }
    let current = u16_at(sysvar, sysvar.len().wrapping_sub(2)).ok_or(Fault::Layout)?;
    let (asking, _) = instruction(sysvar, current).ok_or(Fault::Layout)?;
    if asking != claim.program_id {
        return Err(Fault::NotTopLevel);
    }
    if u16::from(claim.instruction) >= current {
        return Err(Fault::Missing);
    }
    let (program, data) = instruction(sysvar, u16::from(claim.instruction)).ok_or(Fault::Layout)?;
    if *program != PROGRAM_ID {
        return Err(Fault::NotEd25519);
    }
    let (count, entry) = match data {
        [count, 0, ..] => (usize::from(*count), usize::from(claim.entry)),
        _ => return Err(Fault::Layout),
    };
    let keys = HEADER + count * OFFSETS;
    if entry >= count || data.len() != keys + count * SIGNED {
        return Err(Fault::Layout);
    }
    let key = keys + entry * SIGNED;
    let field = |n: usize| u16_at(data, HEADER + entry * OFFSETS + 2 * n).map(usize::from);
    let this = usize::from(THIS_INSTRUCTION);
    if field(0) != Some(key + KEY)
        || field(1) != Some(this)
        || field(2) != Some(key)
        || field(3) != Some(this)
    {
        return Err(Fault::Layout);
    }
    if field(6) != Some(usize::from(current)) {
        return Err(Fault::OtherInstruction);
    }
    if field(4) != Some(usize::from(claim.message_offset))
        || field(5) != Some(usize::from(claim.message_len))
    {
        return Err(Fault::OtherMessage);
    }
    if data.get(key..key + KEY) != Some(claim.signer) {
        return Err(Fault::OtherSigner);
    }
    Ok(())
}

/// Program and data of the transaction's instruction at `index`.
#[inline(always)]
fn instruction(sysvar: &[u8], index: u16) -> Option<(&[u8; 32], &[u8])> {
    if index >= u16_at(sysvar, 0)? {
        return None;
    }
    let at = usize::from(u16_at(sysvar, 2 + 2 * usize::from(index))?);
    let program = at + 2 + usize::from(u16_at(sysvar, at)?) * 33;
    let data = program + 34;
    let len = usize::from(u16_at(sysvar, program + 32)?);
    Some((sysvar.get(program..program + 32)?.try_into().ok()?, sysvar.get(data..data + len)?))
}

#[inline(always)]
fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(data.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

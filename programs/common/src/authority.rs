//! Who deployed this program may set it up, and nobody before them.
//!
//! The loader's two accounts are read by hand: Anchor's own types for them bring a whole
//! deserialiser along, with its texts and floating point, 30 KB of every program.

use anchor_lang::{prelude::*, solana_program::bpf_loader_upgradeable};

/// How the loader marks a program's account, which holds the address of its data.
const PROGRAM: [u8; 4] = [2, 0, 0, 0];
/// How it marks that data: tag, slot u64, authority (one byte for whether there is any, then a key).
const PROGRAM_DATA: [u8; 4] = [3, 0, 0, 0];
const HAS_AUTHORITY: usize = 12;

/// A program's ProgramData account.
#[derive(Clone)]
pub struct ProgramData {
    /// Who may upgrade the program; nobody once it is final.
    pub upgrade_authority: Option<Pubkey>,
}

impl AccountDeserialize for ProgramData {
    /// Fails with `AccountNotProgramData` for another account of the loader, with
    /// `InvalidAccountData` for what the loader never writes.
    fn try_deserialize_unchecked(buf: &mut &[u8]) -> Result<Self> {
        let invalid = || Error::from(ProgramError::InvalidAccountData);
        let (tag, _) = buf.split_first_chunk::<4>().ok_or_else(invalid)?;
        if matches!(*tag, [0..=2, 0, 0, 0]) {
            return err!(ErrorCode::AccountNotProgramData);
        }
        let authority = match (*tag, buf.get(HAS_AUTHORITY)) {
            (PROGRAM_DATA, Some(0)) => None,
            (PROGRAM_DATA, Some(1)) => Some(key_at(buf, HAS_AUTHORITY + 1).ok_or_else(invalid)?),
            _ => return Err(invalid()),
        };
        Ok(Self { upgrade_authority: authority })
    }
}

impl AccountSerialize for ProgramData {}

impl Owner for ProgramData {
    fn owner() -> Pubkey {
        bpf_loader_upgradeable::ID
    }
}

#[cfg(feature = "idl-build")]
mod idl {
    impl anchor_lang::IdlBuild for super::ProgramData {}
    impl anchor_lang::Discriminator for super::ProgramData {
        const DISCRIMINATOR: &'static [u8] = &[];
    }
}

/// Whether `signer` is the upgrade authority that `program`'s own ProgramData account names.
///
/// False for a program that can no longer be upgraded: set it up before making it final.
pub fn is_upgrade_authority<'info, P: anchor_lang::Id>(
    program: &Program<'info, P>,
    program_data: &Account<'info, ProgramData>,
    signer: &Signer<'info>,
) -> Result<bool> {
    let named = data_address(program.as_ref())?;
    Ok(named == Some(program_data.key()) && program_data.upgrade_authority == Some(signer.key()))
}

/// Where the upgradeable loader keeps a program's data; `None` for another loader's program.
fn data_address(program: &AccountInfo) -> Result<Option<Pubkey>> {
    let data = program.try_borrow_data()?;
    let upgradeable = *program.owner == bpf_loader_upgradeable::ID && data.starts_with(&PROGRAM);
    Ok(if upgradeable { key_at(&data, PROGRAM.len()) } else { None })
}

fn key_at(data: &[u8], at: usize) -> Option<Pubkey> {
    let (key, _) = data.get(at..)?.split_first_chunk::<32>()?;
    Some(Pubkey::new_from_array(*key))
}

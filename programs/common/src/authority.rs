//! Who deployed this program may set it up, and nobody before them.

use anchor_lang::prelude::*;

/// Whether `signer` is the upgrade authority that `program`'s own ProgramData account names.
///
/// False for a program that can no longer be upgraded: set it up before making it final.
pub fn is_upgrade_authority<'info, P: anchor_lang::Id>(
    program: &Program<'info, P>,
    program_data: &Account<'info, ProgramData>,
    signer: &Signer<'info>,
) -> Result<bool> {
    Ok(program.programdata_address()? == Some(program_data.key())
        && program_data.upgrade_authority_address == Some(signer.key()))
}

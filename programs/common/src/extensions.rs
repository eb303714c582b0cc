//! Which Token-2022 extensions a mint may carry: what is not listed is refused.

use anchor_lang::prelude::*;
use anchor_spl::token_2022::spl_token_2022::{
    extension::{BaseStateWithExtensions, ExtensionType, StateWithExtensions},
    state::Mint,
};

/// Extensions under which a balance moves only by its owner's will and by the amount named.
///
/// Everything else stays refused whatever a policy says: transfer fees and hooks, permanent
/// delegates, closable or non-transferable mints, confidential balances, accounts born frozen.
pub const HARMLESS: u64 = bit(ExtensionType::InterestBearingConfig)
    | bit(ExtensionType::MetadataPointer)
    | bit(ExtensionType::TokenMetadata)
    | bit(ExtensionType::GroupPointer)
    | bit(ExtensionType::TokenGroup)
    | bit(ExtensionType::GroupMemberPointer)
    | bit(ExtensionType::TokenGroupMember)
    | bit(ExtensionType::ScaledUiAmount)
    | bit(ExtensionType::Pausable);

const fn bit(extension: ExtensionType) -> u64 {
    1 << extension as u16
}

/// The first extension of `mint` that is not in `allowed` (bit n = extension type n).
///
/// A mint of the first token program has none. An unreadable mint is an error.
pub fn first_outside(mint: &AccountInfo, allowed: u64) -> Result<Option<ExtensionType>> {
    let data = mint.try_borrow_data()?;
    let state = StateWithExtensions::<Mint>::unpack(&data)?;
    let is_allowed = |extension: &ExtensionType| {
        1u64.checked_shl(u32::from(*extension as u16)).is_some_and(|bit| allowed & bit != 0)
    };
    Ok(state.get_extension_types()?.into_iter().find(|extension| !is_allowed(extension)))
}

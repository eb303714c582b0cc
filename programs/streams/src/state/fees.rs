use anchor_lang::prelude::*;
use anchor_spl::{
    associated_token::get_associated_token_address_with_program_id,
    token_interface::{Mint, TokenInterface},
};
use pinfi_common::token::receiver;

use super::MintPolicy;
use crate::errors::{require_keys_eq, StreamsError};

/// Where collected fees go, in base units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeeParts {
    pub burned: u64,
    pub to_treasury: u64,
    pub to_escrow: u64,
}

/// What can take fees now.
#[derive(Clone, Copy, Debug)]
pub struct Outlets {
    /// Whether the mint can be burned.
    pub burnable: bool,
    /// Whether the policy's treasury can receive.
    pub treasury: bool,
    pub escrow: Escrow,
    /// Whether the book has no lines left, so that it waits for nothing else.
    pub last: bool,
}

/// The associated token account of a mint's policy, which nobody but its issuer can close to fees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escrow {
    Open,
    Frozen,
    /// Not there, or not given: anybody may create it.
    Missing,
}

impl Escrow {
    pub fn of<'info>(
        account: &AccountInfo<'info>,
        policy: &Account<'info, MintPolicy>,
        mint: &InterfaceAccount<'info, Mint>,
        token_program: &Interface<'info, TokenInterface>,
    ) -> Result<Self> {
        let (policy, mint, program) = (&policy.key(), &mint.key(), token_program.key);
        let own = get_associated_token_address_with_program_id(policy, mint, program);
        require_keys_eq!(account.key(), own, StreamsError::WrongEscrow);
        Ok(if receiver(account, mint, program).is_some() {
            Self::Open
        } else if account.owner == program {
            Self::Frozen
        } else {
            Self::Missing
        })
    }
}

impl Outlets {
    /// Divides fees that are `due`, of which `share` is to be burned. `None` if they have to wait.
    ///
    /// What cannot go where it belongs goes to the escrow. Once that is frozen too and the book has no
    /// lines, all is burned: a book must not stay open for ever, and its payer gains nothing by it.
    pub fn divide(&self, due: u64, share: u64) -> Option<FeeParts> {
        let burned = if self.burnable { share } else { 0 };
        let rest = due - burned;
        let none = FeeParts { burned, ..FeeParts::default() };
        match (rest, self.treasury, self.escrow) {
            (0, ..) => Some(none),
            (_, true, _) => Some(FeeParts { to_treasury: rest, ..none }),
            (_, false, Escrow::Open) => Some(FeeParts { to_escrow: rest, ..none }),
            (_, false, Escrow::Frozen) if self.burnable && self.last => {
                Some(FeeParts { burned: due, ..none })
            }
            _ => None,
        }
    }
}

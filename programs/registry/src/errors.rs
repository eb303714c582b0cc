use anchor_lang::prelude::*;
use pinfi_common::governance::PauseFault;
pub(crate) use pinfi_common::{require, require_eq, require_gte};

/// Append-only: a number, once given, keeps its meaning.
#[error_code]
#[derive(PartialEq, Eq)]
pub enum RegistryError {
    #[msg("only the program's upgrade authority may initialize it")]
    NotUpgradeAuthority,
    #[msg("only the configured authority may do this")]
    NotAuthority,
    #[msg("only the nominated authority may accept; ask the present one to nominate you")]
    NotNominated,
    #[msg("nothing new is taken while the program is paused; a pause ends by itself")]
    Paused,
    #[msg("a pause must end after now and at most 259,200 seconds after it began")]
    PauseOutOfRange,
    #[msg("after a pause the program must run for four times as long before the next one")]
    PauseTooSoon,
    #[msg("the program is not paused")]
    NotPaused,
    #[msg("a class's number must be under 256")]
    ClassOutOfRange,
    #[msg("a class or region needs a name")]
    NameMissing,
    #[msg(
        "a class of compute must have 1 to 1,000,000 thousandths of a GPU-equivalent, others none"
    )]
    GpuEqOutOfRange,
    #[msg("a bond must not exceed 100,000,000 US cents for one unit")]
    BondTooHigh,
    #[msg("a class's kind and GPU-equivalent never change; make another class")]
    ClassFixed,
    #[msg("a region's number must be under 256")]
    RegionOutOfRange,
    #[msg("a jurisdiction must be a country's ISO 3166-1 number, 1 to 999")]
    JurisdictionOutOfRange,
    #[msg("a region's jurisdiction never changes; make another region")]
    RegionFixed,
    #[msg("the targets of all regions must not exceed 10,000 basis points together")]
    TargetsTooHigh,
    #[msg("only the operator's authority may do this")]
    NotOperator,
    #[msg("an operator's pay must be split among 1 to 8 recipients")]
    RecipientsOutOfRange,
    #[msg("each recipient needs an address and a part of at least one basis point")]
    EmptyPayout,
    #[msg("the parts of an operator's pay must come to 10,000 basis points")]
    PayoutNotWhole,
    #[msg("the operator's number must be the next one: somebody has just registered")]
    WrongOperatorId,
    #[msg("the sum leaves the range of its type")]
    MathOverflow,
}

impl From<PauseFault> for RegistryError {
    fn from(fault: PauseFault) -> Self {
        match fault {
            PauseFault::Paused => Self::Paused,
            PauseFault::OutOfRange => Self::PauseOutOfRange,
            PauseFault::TooSoon => Self::PauseTooSoon,
            PauseFault::NotPaused => Self::NotPaused,
        }
    }
}

//! What the configuration counts, and how an operator's pay is split, by themselves.

#![allow(clippy::unwrap_used)]

use anchor_lang::prelude::{Error, Pubkey};
use pinfi_common::governance::Pause;
use proptest::prelude::*;
use registry::{
    errors::RegistryError,
    state::{Config, Operator, Payout},
};

const NOBODY: Pubkey = Pubkey::new_from_array([0; 32]);
const SOMEBODY: Pubkey = Pubkey::new_from_array([1; 32]);

fn config() -> Config {
    Config {
        authority: SOMEBODY,
        nominated: NOBODY,
        pause: Pause::default(),
        next_operator: 0,
        operators: 0,
        total_target_bps: 0,
        bump: 255,
    }
}

fn operator() -> Operator {
    Operator {
        authority: SOMEBODY,
        nominated: NOBODY,
        id: 0,
        registered_at: 0,
        payout: Default::default(),
        bump: 255,
    }
}

fn code(error: Error) -> u32 {
    match error {
        Error::AnchorError(error) => error.error_code_number,
        Error::ProgramError(error) => panic!("{error:?}"),
    }
}

proptest! {
    /// Against a list of all regions: the total is their sum, and only what passes the whole is refused.
    #[test]
    fn targets_come_to_their_sum(changes in prop::collection::vec((0usize..5, 0u16..12_000), 0..40)) {
        let (mut config, mut targets) = (config(), [0u16; 5]);
        for (region, new) in changes {
            let others: u32 = (0..5).filter(|n| *n != region).map(|n| u32::from(targets[n])).sum();
            match config.retarget(targets[region], new) {
                Ok(()) => targets[region] = new,
                Err(error) => {
                    prop_assert!(others + u32::from(new) > 10_000);
                    prop_assert_eq!(code(error), u32::from(RegistryError::TargetsTooHigh));
                }
            }
            let sum: u32 = targets.iter().map(|target| u32::from(*target)).sum();
            prop_assert_eq!(u32::from(config.total_target_bps), sum);
            prop_assert!(sum <= 10_000);
        }
    }

    /// Numbers go up by one whoever leaves meanwhile, and those who are there are counted.
    #[test]
    fn numbers_are_given_once(comings in prop::collection::vec(any::<bool>(), 0..60)) {
        let (mut config, mut ever, mut there) = (config(), 0, 0);
        for comes in comings {
            if comes {
                prop_assert_eq!(config.enter_operator().unwrap(), ever);
                ever += 1;
                there += 1;
            } else if there > 0 {
                config.leave_operator();
                there -= 1;
            }
            prop_assert_eq!((config.next_operator, config.operators), (ever, there));
        }
    }

    /// Whatever is taken is whole and stands first; whatever is refused leaves the split as it was.
    #[test]
    fn pay_is_split_without_a_rest(parts in prop::collection::vec(0u16..6_000, 0..10), whole: bool) {
        let mut parts = parts;
        if whole && parts.len() > 1 {
            let rest = 10_000i32 - parts[1..].iter().map(|bps| i32::from(*bps)).sum::<i32>();
            parts[0] = u16::try_from(rest).unwrap_or(0);
        }
        let payout: Vec<_> =
            parts.iter().map(|bps| Payout { recipient: SOMEBODY, bps: *bps }).collect();
        let sum: u32 = parts.iter().map(|bps| u32::from(*bps)).sum();
        let fits = (1..=8).contains(&parts.len()) && !parts.contains(&0) && sum == 10_000;
        let mut operator = operator();
        let before = operator.payout;
        prop_assert_eq!(operator.set_payout(&payout).is_ok(), fits);
        if fits {
            prop_assert_eq!(&operator.payout[..parts.len()], &payout[..]);
            prop_assert!(operator.payout[parts.len()..].iter().all(|one| *one == Payout::default()));
            prop_assert_eq!(usize::from(operator.recipients()), parts.len());
        } else {
            prop_assert_eq!(operator.payout, before);
        }
    }
}

/// Sums of parts leave u16 long before they leave their own type.
#[test]
fn parts_that_wrap_are_not_whole() {
    let part = |bps| Payout { recipient: SOMEBODY, bps };
    let refused = operator().set_payout(&[part(65_535), part(10_001)]).unwrap_err();
    assert_eq!(code(refused), u32::from(RegistryError::PayoutNotWhole));
}

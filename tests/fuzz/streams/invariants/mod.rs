//! What must hold after every step, whatever the step was. Each is judged from the chain alone:
//! the model may be wrong about something and these would still catch the theft.

mod authority;
mod chainwide;
mod lines;
mod money;

use simulator::{
    invariants,
    invariants::{
        lamports_vanish_only_as_fees, owners_alone_move_tokens, refused_changes_nothing,
        supply_is_held,
    },
    Invariant,
};

use super::Streams;

/// In the order in which they are judged.
pub const ALL: &[Invariant<Streams>] = invariants! {
    "G-3" refused_changes_nothing: "a refused instruction changes nothing but the fee payer",
    "G-1" lamports_vanish_only_as_fees: "lamports vanish only as fees",
    "G-1" supply_is_held: "what was minted and not burned is in somebody's account",
    "G-1" money::tokens_vanish_only_as_fees: "tokens vanish only by burning fees",
    "G-2" money::vaults_cover_liabilities: "every vault holds what its book or pool owes",
    "ME-1" money::books_add_up: "deposit = paid + refundable + fee + unpaid, for every book and pool",
    "ME-1" money::what_came_in_is_whose_it_is: "fees are not the payer's, what reaches a pool is its members'",
    "ME-2" lines::paid_is_monotone_and_signed: "paid and signed totals never fall, never pass what was signed",
    "ME-3" lines::vouchers_count_once: "a voucher raises a line at most once, and only its own",
    "ME-4" lines::debt_only_grows: "what is earned never falls, and is what rates and vouchers make, settled whenever",
    "ME-5" lines::transitions_are_allowed: "open, closing, released, removed, in this order only",
    "ME-7" lines::grace_is_given: "who is paid has the whole grace period to collect",
    "G-4" owners_alone_move_tokens: "nobody but its owner may spend from or close a token account",
    "G-4" authority::nobody_loses_without_signing: "nobody is worse off by what they did not sign",
    "G-4" authority::nobody_decides_for_another: "terms change only by the hand that may change them",
    "G-4" authority::nobody_picks_for_another: "who did not sign is paid to the associated token account",
    "G-6" chainwide::times_are_sane: "times are not in the future and do not run back",
    "G-7" chainwide::closed_is_empty: "what is closed is gone, and its rent is the payer's",
};

//! Hot instructions, on the bytes of the runtime's input.

// Lengths are u64 in the input, and the only machine this runs on has 64-bit pointers.
#![allow(clippy::cast_possible_truncation)]

mod book;
mod claim;
mod settle;

use pinfi_common::hot::input::count_accounts;

/// Runs the instruction if it is a hot one in its usual shape; `None`, with nothing changed, if not.
///
/// Each of them serves what bears its own name, the data's first bytes, and passes on all else. The
/// name lies behind the accounts (`Reader`), their number in front: it only spares the way there to
/// what has another. A second one with the same number stands in the same arm, behind an `or_else`.
///
/// # Safety
/// `input` is the runtime's.
#[inline(always)]
pub unsafe fn run(input: *mut u8) -> Option<u64> {
    // SAFETY: the input is the runtime's, and brings as many accounts as it says.
    unsafe {
        match count_accounts(input) {
            settle::ACCOUNTS => settle::settle(input),
            claim::ACCOUNTS => claim::claim(input),
            _ => None,
        }
    }
}

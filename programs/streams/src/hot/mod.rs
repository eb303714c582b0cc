//! Hot instructions, on the bytes of the runtime's input.

// Lengths are u64 in the input, and the only machine this runs on has 64-bit pointers.
#![allow(clippy::cast_possible_truncation)]

mod book;
mod claim;
mod clock;
mod cpi;
mod input;
mod settle;

/// Runs the instruction if it is a hot one in its usual shape; `None`, with nothing changed, if not.
///
/// # Safety
/// `input` is the runtime's.
#[inline(always)]
pub unsafe fn run(input: *mut u8) -> Option<u64> {
    // SAFETY: the input begins with the number of accounts, which is checked for each.
    unsafe {
        match *(input as *const u64) {
            2 => settle::settle(input),
            7 => claim::claim(input),
            _ => None,
        }
    }
}

//! The program's entrypoint: hot instructions first, Anchor for everything else.

use anchor_lang::solana_program::entrypoint::{deserialize, SUCCESS};

use crate::{entry, hot};

/// # Safety
/// Called by the runtime with its serialized input.
#[no_mangle]
pub unsafe extern "C" fn entrypoint(input: *mut u8) -> u64 {
    // SAFETY: the input is the runtime's.
    match unsafe { hot::run(input) } {
        Some(code) => code,
        None => unsafe { anchor(input) },
    }
}

/// Kept apart, so that the hot path pays nothing for this one's frame.
#[inline(never)]
unsafe fn anchor(input: *mut u8) -> u64 {
    // SAFETY: the input is the runtime's, and nothing has been changed in it.
    let (program_id, accounts, data) = unsafe { deserialize(input) };
    match entry(program_id, &accounts, data) {
        Ok(()) => SUCCESS,
        Err(error) => error.into(),
    }
}

#[cfg(all(not(feature = "custom-heap"), target_os = "solana"))]
#[global_allocator]
static HEAP: pinfi_common::heap::Heap = pinfi_common::heap::Heap;

solana_program_entrypoint::custom_panic_default!();

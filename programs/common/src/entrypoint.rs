//! A program's entrypoint.

#[doc(hidden)]
pub use anchor_lang::solana_program::entrypoint::{deserialize, SUCCESS};
#[doc(hidden)]
pub use solana_program_entrypoint::custom_panic_default;

/// Defines the program's entrypoint, which runs hot instructions first and Anchor for everything
/// else, its heap and its panic handler.
///
/// `hot` is an `unsafe fn(*mut u8) -> Option<u64>`: it gets the runtime's input and returns the
/// program's result; `None`, with nothing changed, for whatever is no hot instruction in its usual
/// shape. `anchor` is the function `entry` that `#[program]` makes. A program without hot
/// instructions leaves `hot` out.
#[macro_export]
macro_rules! entrypoint {
    (anchor: $entry:path) => {
        $crate::entrypoint!(hot: none, anchor: $entry);

        /// No instruction is a hot one.
        #[inline(always)]
        unsafe fn none(_: *mut u8) -> Option<u64> {
            None
        }
    };
    (hot: $hot:path, anchor: $entry:path) => {
        /// # Safety
        /// Called by the runtime with its serialized input.
        #[no_mangle]
        pub unsafe extern "C" fn entrypoint(input: *mut u8) -> u64 {
            // SAFETY: the input is the runtime's.
            match unsafe { $hot(input) } {
                Some(code) => code,
                None => unsafe { anchor(input) },
            }
        }

        /// Kept apart, so that the hot path pays nothing for this one's frame.
        #[inline(never)]
        unsafe fn anchor(input: *mut u8) -> u64 {
            // SAFETY: the input is the runtime's, and nothing has been changed in it.
            let (program_id, accounts, data) = unsafe { $crate::entrypoint::deserialize(input) };
            match $entry(program_id, &accounts, data) {
                Ok(()) => $crate::entrypoint::SUCCESS,
                Err(error) => error.into(),
            }
        }

        #[cfg(all(not(feature = "custom-heap"), target_os = "solana"))]
        #[global_allocator]
        static HEAP: $crate::heap::Heap = $crate::heap::Heap;

        $crate::entrypoint::custom_panic_default!();
    };
}

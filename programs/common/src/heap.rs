//! The heap of a program that runs as its own process and ends: it only grows.
//!
//! Solana's own is inlined into every place that allocates, 170 bytes each. This one is called, and
//! short enough that the call costs no more.

use core::alloc::{GlobalAlloc, Layout};

/// Where the runtime puts the heap, filled with zeros.
const START: usize = 0x3_0000_0000;
/// What every transaction has without asking.
const LEN: usize = 32 * 1024;
/// At its start it counts the bytes given behind this count.
const COUNT: usize = size_of::<usize>();

/// Gives room from the start of the heap up, and takes none back.
pub struct Heap;

// SAFETY: there is one thread; what is given lies in the runtime's heap, behind all that was given
// before.
unsafe impl GlobalAlloc for Heap {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let count = START as *mut usize;
        // SAFETY: the runtime's heap begins here. No layout is larger than half of all addresses, so that
        // nothing wraps.
        unsafe {
            let unaligned = (*count).wrapping_add(layout.align().wrapping_add(COUNT - 1));
            let at = unaligned & layout.align().wrapping_neg();
            let given = at.wrapping_add(layout.size()).wrapping_sub(COUNT);
            if given > LEN - COUNT {
                return core::ptr::null_mut();
            }
            *count = given;
            START.wrapping_add(at) as *mut u8
        }
    }

    #[inline(always)]
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

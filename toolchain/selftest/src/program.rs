//! The cases as a Solana program: instruction data holds cases of 33 bytes, the return data their
//! results. No framework, so that nothing but the compiler is under test.

use std::alloc::{GlobalAlloc, Layout};

const CASE: usize = 33;
const HEAP: usize = 0x3_0000_0000;
const HEAP_SIZE: usize = 32 * 1024;

extern "C" {
    fn sol_set_return_data(data: *const u8, length: u64);
    fn sol_log_(text: *const u8, length: u64);
}

#[no_mangle]
fn custom_panic(info: &core::panic::PanicInfo<'_>) {
    let text = format!("{info}");
    unsafe { sol_log_(text.as_ptr(), text.len() as u64) }
}

/// # Safety
/// The runtime calls this with its serialised input: no accounts, so the data follows two lengths.
#[no_mangle]
pub unsafe extern "C" fn entrypoint(input: *const u8) -> u64 {
    let length = input.add(8).cast::<u64>().read() as usize;
    let data = core::slice::from_raw_parts(input.add(16), length);
    let mut results = [0u64; 32];
    let mut count = 0;
    for case in data.chunks_exact(CASE) {
        let number = |at: usize| u64::from_le_bytes(core::array::from_fn(|i| case[at + i]));
        results[count] = crate::run(case[0], [number(1), number(9), number(17), number(25)]);
        count += 1;
        // Nothing of a case outlives it; the next one gets the whole heap.
        Bump::reset();
    }
    sol_set_return_data(results.as_ptr().cast(), count as u64 * 8);
    0
}

/// Hands out the heap from its top down, and never takes any back; its first word is the mark.
struct Bump;

impl Bump {
    fn reset() {
        unsafe { *(HEAP as *mut usize) = 0 };
    }
}

unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let mark = HEAP as *mut usize;
        let top = if *mark == 0 { HEAP + HEAP_SIZE } else { *mark };
        let start = top.saturating_sub(layout.size()) & !(layout.align() - 1);
        if start < HEAP + size_of::<usize>() {
            return core::ptr::null_mut();
        }
        *mark = start;
        start as *mut u8
    }
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static ALLOCATOR: Bump = Bump;

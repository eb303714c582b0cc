//! 128-bit multiplication and division for SBF.
//!
//! LLVM has them done by functions that take the halves in registers and return in r0 and r2. rustc
//! returns anything wider than 64 bits through a pointer, so the functions exported here do that too,
//! and `returns.ll` wraps each into the shape that LLVM calls. Nothing in here may use a 128-bit
//! integer (it would call itself), panic, or call into `core`.
#![cfg_attr(target_arch = "bpf", no_std)]

#[cfg(target_arch = "bpf")]
use solana_compiler_builtins as _;

mod wide;

#[cfg(target_arch = "bpf")]
use wide::Wide;

macro_rules! export {
    ($($name:ident($left:ident, $right:ident) = $result:expr;)*) => {$(
        #[cfg(target_arch = "bpf")]
        #[no_mangle]
        pub extern "C" fn $name(out: &mut [u64; 2], a: u64, b: u64, c: u64, d: u64) {
            let ($left, $right) = (Wide { low: a, high: b }, Wide { low: c, high: d });
            let result = $result;
            *out = [result.low, result.high];
        }
    )*};
}

export! {
    pinfi_multi3(a, b) = a.times(b);
    pinfi_udivti3(a, b) = a.divided_by(b).0;
    pinfi_umodti3(a, b) = a.divided_by(b).1;
    pinfi_divti3(a, b) = a.signed_divided_by(b).0;
    pinfi_modti3(a, b) = a.signed_divided_by(b).1;
}

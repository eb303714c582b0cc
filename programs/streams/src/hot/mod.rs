//! Hot instructions, on the bytes of the runtime's input.

// Lengths are u64 in the input, and the only machine this runs on has 64-bit pointers.
#![allow(clippy::cast_possible_truncation)]

mod input;
mod settle;

pub use settle::settle;

//! What hot instructions are made of: they work on the bytes of the runtime's input, without Anchor.
//!
//! All of it is compiled for speed, as everything in a module of this name is
//! (`toolchain/sbf/linker/effort.rs`).

// Lengths are u64 in the input, and the only machine this runs on has 64-bit pointers.
#![allow(clippy::cast_possible_truncation)]

pub mod clock;
pub mod input;
pub mod sha512;
pub mod transfer;

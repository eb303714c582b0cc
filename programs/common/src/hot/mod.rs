//! What is compiled for speed, as everything in a module of this name is
//! (`toolchain/sbf/linker/effort.rs`).

pub mod sha512;

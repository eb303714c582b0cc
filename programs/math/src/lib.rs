//! Pure arithmetic of the PinFi programs: no dependencies, no clock, no accounts.
//!
//! Amounts are base units of a mint in `u64`; times are unix seconds in `i64`; shares are
//! basis points (`bps`, 10,000 = all). Every function is total: it has a defined answer for
//! every input and says in its name which way it rounds. The TypeScript twins in the SDK are
//! held to the same answers by `tests/vectors/*.json`, which this crate's tests write.
#![no_std]
#![deny(clippy::arithmetic_side_effects)]

pub mod beats;
pub mod fee;
pub mod line;
pub mod pool;
pub mod share;
pub mod stream;

/// All of something, in basis points.
pub const ALL_BPS: u16 = 10_000;

//! Cases that a compiler for SBF may get wrong. Each takes four numbers and boils everything it
//! computes down to one; run natively and as SBF, the two must be the same.

#![cfg_attr(target_arch = "bpf", feature(asm_experimental_arch))]

mod arithmetic;
mod calls;
mod collections;
mod first;
mod memory;
mod text;

#[cfg(target_arch = "bpf")]
mod program;

/// The four numbers of a case.
pub type Input = [u64; 4];

/// A family of cases.
pub type Family = (&'static str, fn(Input) -> u64);

pub const FAMILIES: [Family; 21] = [
    ("unsigned 128-bit", arithmetic::unsigned_wide),
    ("signed 128-bit", arithmetic::signed_wide),
    ("signed division", arithmetic::signed_division),
    ("money: a * b / c", arithmetic::mul_div),
    ("checked and saturating", arithmetic::checked),
    ("casts, shifts and bits", arithmetic::casts),
    ("floating point", arithmetic::floats),
    ("many arguments", calls::many_arguments),
    ("structs by value", calls::structs_by_value),
    ("recursion, big frames", calls::recursion),
    ("trait objects", calls::trait_objects),
    ("enums", calls::enums),
    ("closures", calls::closures),
    ("sorting and searching", collections::sorting),
    ("tree maps", collections::tree_maps),
    ("hash maps", collections::hash_maps),
    ("slices and chunks", memory::slices),
    ("overlapping copies", memory::overlapping_copies),
    ("the first object's address", first::pointers),
    ("formatting", text::formatting),
    ("parsing", text::parsing),
];

/// Runs one case. The numbers are hidden from the optimiser, so that nothing is computed early.
pub fn run(family: u8, input: Input) -> u64 {
    FAMILIES[usize::from(family)].1(std::hint::black_box(input))
}

/// Folds a number into a running hash.
fn mix(hash: u64, x: u64) -> u64 {
    (hash ^ x).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23)
}

fn mix_wide(hash: u64, x: u128) -> u64 {
    mix(mix(hash, x as u64), (x >> 64) as u64)
}

fn wide(high: u64, low: u64) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

//! Pointers to the first read-only object. SBPF v3 has read-only data from address 0 on, and an
//! object there would have the address that Rust takes for "no pointer". The linker keeps the first
//! bytes free for that; run.mjs sees to it that the object here is the one behind them.

use std::hint::black_box;

use crate::{mix, Input};

/// Text by which run.mjs finds the object in the file.
#[repr(C)]
struct Marked([u8; 16], [u64; 2]);

// In assembly, because that comes before what the compiler has of its own, such as tables.
std::arch::global_asm!(
    ".section .rodata.first,\"a\",@progbits",
    ".balign 8",
    ".type pinfi_first, @object",
    ".globl pinfi_first",
    "pinfi_first:",
    ".ascii \"pinfi: the first\"",
    ".quad 0x5eed",
    ".quad 0xf1a5",
    ".size pinfi_first, 32",
    ".text",
);

extern "C" {
    #[link_name = "pinfi_first"]
    static FIRST: Marked;
}

/// Things that hold the pointer where a null one would mean "absent".
enum Held<'a> {
    Marked(&'a Marked),
    Absent,
}

pub fn pointers([a, b, c, d]: Input) -> u64 {
    // SAFETY: the assembly above lays it out as `Marked`, and nothing writes to it.
    let first = black_box(unsafe { &FIRST });
    let plain: Option<&Marked> = black_box((a % 3 != 0).then_some(first));
    let array: Option<&[u64; 2]> = black_box(plain.map(|Marked(_, numbers)| numbers));
    let slice: Option<&[u8]> = black_box((b % 3 != 0).then_some(&first.0[..(c % 17) as usize]));
    let text = slice.and_then(|bytes| std::str::from_utf8(black_box(bytes)).ok());
    let held = black_box(match d % 3 {
        0 => Held::Absent,
        _ => Held::Marked(first),
    });
    let all: Vec<Option<&Marked>> = vec![plain, Some(first), None, plain];
    let marks = [
        plain.map_or(1, |Marked(mark, numbers)| mix(numbers[0], mark[(d % 16) as usize].into())),
        array.map_or(2, |numbers| numbers[(c % 2) as usize]),
        slice.map_or(3, |bytes| bytes.iter().fold(7, |sum, byte| mix(sum, (*byte).into()))),
        text.map_or(4, |text| text.len() as u64),
        match held {
            Held::Marked(Marked(mark, _)) => mark[(a % 16) as usize].into(),
            Held::Absent => 5,
        },
        black_box(all).into_iter().flatten().count() as u64,
        u64::from(black_box(std::ptr::from_ref(first)).is_null()),
    ];
    marks.into_iter().fold(0, mix)
}

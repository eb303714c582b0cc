//! Text made from numbers, and numbers read from text.

use crate::{mix, wide, Input};

fn hash_of(text: &str) -> u64 {
    text.bytes().fold(text.len() as u64, |hash, byte| mix(hash, byte.into()))
}

pub fn formatting([a, b, c, d]: Input) -> u64 {
    let (unsigned, signed) = (wide(a, b), wide(c, d) as i128);
    let numbers = format!(
        "{unsigned} {signed:?} {a:x} {b:#010b} {:>8} {:<6}| {:+}",
        c % 1_000,
        d % 99,
        d as i64
    );
    let nested = format!("{:?} {:#?}", Some((a as u8, "tab\t", 'é')), vec![b as i16; 2]);
    let float = format!("{:.3} {:?}", (a % 1_000_000) as f64 / 8.0, (b % 1_000) as f64 / 4.0);
    let text = format!("{}{}", numbers.to_uppercase(), nested.replace("tab", &float));
    hash_of(&text) ^ hash_of(&float)
}

pub fn parsing([a, b, c, d]: Input) -> u64 {
    let line = format!("{a},{},{:x}, {} ,{}x", b as i64, c, d as u8, wide(a, d));
    let mut fields = line.split(',');
    let mut field = || fields.next().unwrap_or_default();
    let results = [
        field().parse::<u64>().unwrap_or(1),
        field().parse::<i64>().unwrap_or(2) as u64,
        u64::from_str_radix(field(), 16).unwrap_or(3),
        field().trim().parse::<u8>().map_or(4, u64::from),
        field().trim_end_matches('x').parse::<u128>().map_or(5, |x| (x >> 40) as u64),
        line.parse::<u64>().unwrap_or(6),
    ];
    results.into_iter().fold(line.chars().rev().filter(char::is_ascii_digit).count() as u64, mix)
}

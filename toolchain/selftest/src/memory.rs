//! Copies, comparisons and views of memory.

use crate::{mix, wide, Input};

pub fn slices([a, b, c, d]: Input) -> u64 {
    let words: Vec<[u8; 16]> = (0..9).map(|i| (wide(a, b) ^ i).to_be_bytes()).collect();
    let bytes = words.concat();
    let dot = |left: &[u8], right: &[u8]| -> u64 {
        left.iter().zip(right).map(|(x, y)| u64::from(*x) * u64::from(*y)).sum()
    };
    let hash = bytes
        .chunks(7)
        .zip(bytes.rchunks(5))
        .fold(0, |hash, (left, right)| mix(hash, dot(left, right)));
    let windows = bytes.windows(3).filter(|w| w[0] <= w[1] && w[1] <= w[2]).count() as u64;
    let (left, right) = bytes.split_at((c % 144) as usize);
    let equal = left.ends_with(&right[..right.len().min(2)]);
    let found = bytes.iter().position(|byte| *byte == d as u8).unwrap_or(999) as u64;
    [windows, u64::from(equal), found, u64::from(left < right)].into_iter().fold(hash, mix)
}

pub fn overlapping_copies([a, b, c, d]: Input) -> u64 {
    let mut bytes: [u8; 256] = std::array::from_fn(|i| mix(a, i as u64) as u8);
    let long = (b % 120) as usize..(b % 120 + c % 100) as usize;
    bytes.copy_within(long, (d % 150) as usize);
    let short = (c % 20) as usize..(c % 20 + d % 13) as usize;
    bytes.copy_within(short, (b % 30) as usize);
    bytes[(a % 200) as usize..][..(b % 50) as usize].fill(d as u8);
    bytes.rotate_left((c % 256) as usize);
    bytes[..64].reverse();
    let (low, high) = bytes.split_at_mut(128);
    low[..32].swap_with_slice(&mut high[64..96]);
    let order = u64::from(bytes[..128] < bytes[128..]);
    bytes.iter().fold(order, |hash, byte| mix(hash, (*byte).into()))
}

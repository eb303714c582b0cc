//! Counters packed into words, raised where bits are set: eight nodes, a byte of a bitmap, at a time.

use bytemuck::{Pod, Zeroable};

/// Eight u16 counters. None ever reaches its end: a month has 8,640 slots.
pub type Byte16 = [u64; 2];
/// Eight u32 counters, of slots of all time.
pub type Byte32 = [u64; 4];

/// One u16 for each bit of four, and one u32 for each bit of two: 1 where it is set.
const ONES_16: [u64; 16] = ones(16);
const ONES_32: [u64; 4] = ones(32);

const fn ones<const N: usize>(width: u32) -> [u64; N] {
    let mut table = [0; N];
    let mut bits = 0;
    while bits < N {
        let mut at = 0;
        while at * width < 64 {
            table[bits] |= ((bits as u64) >> at & 1) << (at * width);
            at += 1;
        }
        bits += 1;
    }
    table
}

/// Raises the counters of the nodes whose bits are set.
#[inline(always)]
pub fn raise_16([low, high]: &mut Byte16, bits: u8) {
    *low = low.wrapping_add(ONES_16[usize::from(bits & 15)]);
    *high = high.wrapping_add(ONES_16[usize::from(bits >> 4)]);
}

/// As `raise_16`.
#[inline(always)]
pub fn raise_32([a, b, c, d]: &mut Byte32, bits: u8) {
    *a = a.wrapping_add(ONES_32[usize::from(bits & 3)]);
    *b = b.wrapping_add(ONES_32[usize::from(bits >> 2 & 3)]);
    *c = c.wrapping_add(ONES_32[usize::from(bits >> 4 & 3)]);
    *d = d.wrapping_add(ONES_32[usize::from(bits >> 6)]);
}

/// A counter of 16 bits for each node of a page.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Counters16(pub [Byte16; 512]);

/// A counter of 32 bits for each node of a page.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Counters32(pub [Byte32; 512]);

impl Counters16 {
    /// By place.
    pub fn each(&self) -> &[u16] {
        bytemuck::cast_slice(&self.0)
    }
    pub fn each_mut(&mut self) -> &mut [u16] {
        bytemuck::cast_slice_mut(&mut self.0)
    }
}

impl Counters32 {
    /// By place.
    pub fn each(&self) -> &[u32] {
        bytemuck::cast_slice(&self.0)
    }
}

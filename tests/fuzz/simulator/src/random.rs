//! Random numbers that depend on the seed and on nothing else.

/// SplitMix64: one word of state, so that a seed printed is a run repeated.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; zero where `end` is.
    pub fn below(&mut self, end: u64) -> u64 {
        match end {
            0 => 0,
            end => self.word() % end,
        }
    }

    pub fn index(&mut self, len: usize) -> usize {
        self.below(len as u64) as usize
    }

    /// True once in `n` on average.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.index(of.len())]
    }

    /// An amount up to `most`, with a liking for the edges: nothing, one, all, one too many.
    pub fn amount(&mut self, most: u64) -> u64 {
        match self.below(16) {
            0 => 0,
            1 => 1,
            2 => most,
            3 => most.saturating_add(1),
            4 => most / 2,
            5..=9 => 1 + self.below(most.min(1_000)),
            _ => 1 + self.below(most),
        }
    }

    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        core::array::from_fn(|_| self.word() as u8)
    }
}

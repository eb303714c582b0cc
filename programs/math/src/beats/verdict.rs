//! The verdict on a slot, for 64 nodes at a time, and how far a report was from it.

/// Nodes of a page.
pub const NODES: usize = 4_096;
/// Words of a bitmap with one bit a node.
pub const WORDS: usize = NODES / 64;
/// Reporters of a page.
pub const SEATS: usize = 7;
/// Seats that must say *down* for a node to have missed a slot, and opened reports below which a
/// slot is void.
pub const FEWEST: u32 = 4;

/// One bit for each node of a page.
pub type Bitmap = [u64; WORDS];

/// The bits that are set in at least four of seven words; seats without a report count as zero.
///
/// Three full adders count to seven in all 64 columns at once; the highest digit is the majority.
#[inline(always)]
pub fn majority([a, b, c, d, e, f, g]: [u64; SEATS]) -> u64 {
    let (ones, twos) = add(a, b, c);
    let (more_ones, more_twos) = add(d, e, f);
    let (_, last_twos) = add(ones, more_ones, g);
    add(twos, more_twos, last_twos).1
}

/// Sum and carry of three bits, in each column.
#[inline(always)]
fn add(a: u64, b: u64, c: u64) -> (u64, u64) {
    let half = a ^ b;
    (half ^ c, (a & b) | (half & c))
}

/// Nodes on which two bitmaps differ, 0 to 4,096.
///
/// From a report to the verdict, these are the nodes it got wrong; from a verdict to the one before,
/// those that changed. News, for which reporters are paid, are nodes that changed and were reported
/// right, less those that did not change and were reported wrong. That is `changed - wrong`: what
/// changed *and* was wrong counts in both. So whoever repeats the last verdict has no news.
#[inline(always)]
pub fn distance(a: &Bitmap, b: &Bitmap) -> u32 {
    a.iter()
        .zip(b)
        .map(|(a, b)| a ^ b)
        .filter(|differing| *differing != 0)
        .map(u64::count_ones)
        .sum()
}

//! The runtime's input: a count of accounts u64; for each account a header, its data, room to
//! grow, padding to 8 bytes and a rent epoch; then the length and bytes of the instruction's data
//! and the program id. An account that stands in the list twice is eight bytes the second time.

use core::mem::size_of;

/// What precedes an account's data.
#[repr(C)]
pub struct Account {
    /// `FIRST`, or the position of the account this one repeats.
    pub position: u8,
    pub signer: u8,
    pub writable: u8,
    pub executable: u8,
    pub padding: u32,
    pub key: [u64; 4],
    pub owner: [u64; 4],
    pub lamports: u64,
    pub len: u64,
}

impl Account {
    pub const FIRST: u8 = u8::MAX;
    const GROWTH: usize = 10 * 1024;
    const RENT_EPOCH: usize = size_of::<u64>();

    /// # Safety
    /// `self` lies in the runtime's input and is no repetition.
    #[inline(always)]
    pub unsafe fn data(&self) -> *mut u8 {
        // SAFETY: the data follows the header.
        unsafe { (self as *const Self).add(1) as *mut u8 }
    }

    /// What follows the account in the input.
    ///
    /// # Safety
    /// As for `data`.
    #[inline(always)]
    pub unsafe fn end(&self, len: usize) -> *mut u8 {
        let padded = (len + Self::GROWTH + 7) & !7;
        // SAFETY: the runtime lays an account out so.
        unsafe { self.data().add(padded + Self::RENT_EPOCH) }
    }
}

/// A key as the four words it is compared by.
pub const fn words(key: [u8; 32]) -> [u64; 4] {
    let mut out = [0; 4];
    let mut at = 0;
    while at < 32 {
        out[at / 8] |= (key[at] as u64) << (8 * (at % 8));
        at += 1;
    }
    out
}

/// Word by word: a slice comparison would be a call.
#[inline(always)]
pub fn same(a: &[u64; 4], b: &[u64; 4]) -> bool {
    a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3]
}

//! The runtime's input: a count of accounts u64; for each account a header, its data, room to
//! grow, padding to 8 bytes and a rent epoch; then the length and bytes of the instruction's data
//! and the program id. An account that stands in the list twice is eight bytes the second time.

use core::mem::size_of;

use anchor_lang::prelude::Pubkey;

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
    const FIRST: u8 = u8::MAX;
    const GROWTH: usize = 10 * 1024;
    const RENT_EPOCH: usize = size_of::<u64>();

    /// The account at `at` and what follows it, or `None` if it repeats one before.
    ///
    /// # Safety
    /// An account begins at `at` in the runtime's input.
    #[inline(always)]
    pub unsafe fn first<'a>(at: *mut u8) -> Option<(&'a Self, *mut u8)> {
        // SAFETY: the runtime lays an account out so.
        unsafe {
            let account = &*(at as *const Self);
            if account.position != Self::FIRST {
                return None;
            }
            // Lengths are the runtime's own: nothing here can overflow.
            let padded = (account.len as usize).wrapping_add(Self::GROWTH + 7) & !7;
            Some((account, account.data().add(padded.wrapping_add(Self::RENT_EPOCH))))
        }
    }

    /// # Safety
    /// `self` lies in the runtime's input.
    #[inline(always)]
    pub unsafe fn data(&self) -> *mut u8 {
        // SAFETY: the data follows the header.
        unsafe { (self as *const Self).add(1) as *mut u8 }
    }
}

/// # Safety
/// `at` and the bytes behind it, as many as `T` has, lie in the runtime's input.
#[inline(always)]
pub unsafe fn read<T: Copy>(at: *const u8) -> T {
    // SAFETY: any bytes make a `T` here: integers and arrays of them.
    unsafe { (at as *const T).read_unaligned() }
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

/// The key that `words` made words of.
#[inline(always)]
pub fn as_key(words: &[u64; 4]) -> &Pubkey {
    bytemuck::cast_ref(words)
}

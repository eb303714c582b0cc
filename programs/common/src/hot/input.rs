//! The runtime's input: a count of accounts u64; for each account a header, its data, room to
//! grow, padding to 8 bytes and a rent epoch; then the length and bytes of the instruction's data
//! and the program id. An account that stands in the list twice is eight bytes the second time.

use core::mem::size_of;

use anchor_lang::prelude::Pubkey;

/// How many accounts the instruction brings.
///
/// # Safety
/// `input` is the runtime's.
#[inline(always)]
pub unsafe fn count_accounts(input: *const u8) -> u64 {
    // SAFETY: the input begins with their number.
    unsafe { read(input) }
}

/// Goes over the accounts of an instruction, one after the other, to its data.
///
/// The data, whose first bytes say which instruction it is, lies behind the accounts. It takes
/// 12 units an account to get there, so a hot instruction looks at each account as it comes and at
/// its own name in the end: another instruction is mostly found out before.
pub struct Reader {
    at: *mut u8,
}

impl Reader {
    /// # Safety
    /// `input` is the runtime's.
    #[inline(always)]
    pub unsafe fn of(input: *mut u8) -> Self {
        // SAFETY: the accounts follow their number.
        Self { at: unsafe { input.add(size_of::<u64>()) } }
    }

    /// The next account, or `None` if it repeats one before.
    ///
    /// # Safety
    /// There is one account more.
    #[inline(always)]
    pub unsafe fn account<'a>(&mut self) -> Option<&'a Account> {
        // SAFETY: the runtime lays an account out so.
        unsafe {
            let account = &*(self.at as *const Account);
            if account.position != Account::FIRST {
                return None;
            }
            // Lengths are the runtime's own: nothing here can overflow.
            let padded = (account.len as usize).wrapping_add(Account::GROWTH + 7) & !7;
            self.at = account.data().add(padded.wrapping_add(Account::RENT_EPOCH));
            Some(account)
        }
    }

    /// # Safety
    /// There is no account more.
    #[inline(always)]
    pub unsafe fn data(self) -> Data {
        // SAFETY: here lies its length, and then the data.
        unsafe { Data { len: read::<u64>(self.at) as usize, at: self.at.add(size_of::<u64>()) } }
    }
}

/// The data of an instruction.
#[derive(Clone, Copy)]
pub struct Data {
    pub at: *const u8,
    pub len: usize,
}

impl Data {
    /// Whether these are the first bytes, as `discriminator` has them. Data of fewer bytes is taken
    /// together with what follows it: who goes by this looks at `len` too.
    #[inline(always)]
    pub fn begins_with(&self, discriminator: u64) -> bool {
        // SAFETY: behind the data stands the program id, of 32 bytes.
        unsafe { read::<u64>(self.at) == discriminator }
    }
}

/// The first eight of `bytes` as one integer: Anchor's name of an instruction or account.
pub const fn discriminator(bytes: &[u8]) -> u64 {
    u64::from_le_bytes([
        bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
    ])
}

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

/// A key as four integers, in which form `Account` has it.
pub const fn key_as_u64s(key: &Pubkey) -> [u64; 4] {
    let key = key.as_array();
    let mut integers = [0; 4];
    let mut at = 0;
    while at < 32 {
        integers[at / 8] |= (key[at] as u64) << (8 * (at % 8));
        at += 1;
    }
    integers
}

/// The key that these four integers are.
#[inline(always)]
pub fn u64s_as_key(integers: &[u64; 4]) -> &Pubkey {
    bytemuck::cast_ref(integers)
}

/// Whether two keys are the same, by integers: a slice comparison would be a call.
#[inline(always)]
pub fn same_key(a: &[u64; 4], b: &[u64; 4]) -> bool {
    a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3]
}

use anchor_lang::Discriminator;
use pinfi_common::hot::input::{key_as_u64s, read, same_key, Account};

use crate::{
    state::{Book, Ledger, Line},
    ID,
};

pub const PROGRAM: [u64; 4] = key_as_u64s(&ID);

/// A book found in the runtime's input.
pub struct BookAccount<'a> {
    pub book: &'a mut Book,
    pub lines: *mut Line,
    /// Lines that were added and that the account holds.
    pub known: usize,
}

impl BookAccount<'_> {
    /// The book in `account`, or `None` if it is no writable book of this program.
    ///
    /// # Safety
    /// `account` lies in the runtime's input, and nothing else refers to its data.
    #[inline(always)]
    pub unsafe fn of(account: &Account) -> Option<Self> {
        let len = account.len as usize;
        // SAFETY: the data is as long as the header says, and is read and written within that.
        unsafe {
            let data = account.data();
            if account.writable == 0
                || !same_key(&account.owner, &PROGRAM)
                || len < Ledger::HEADER
                || read::<[u8; 8]>(data) != Book::DISCRIMINATOR
            {
                return None;
            }
            let book = &mut *(data.add(Book::DISCRIMINATOR.len()) as *mut Book);
            let known = usize::from(book.next_line).min(Ledger::capacity(len));
            Some(Self { book, lines: data.add(Ledger::HEADER) as *mut Line, known })
        }
    }
}

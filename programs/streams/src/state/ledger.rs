use core::{cell::RefMut, mem::size_of};

use anchor_lang::{prelude::*, Discriminator};

use super::{Book, Line};
use crate::errors::{require, require_gt, StreamsError};

/// A book's account, taken apart: header and lines, written in place.
pub struct Ledger<'a> {
    pub book: RefMut<'a, Book>,
    lines: RefMut<'a, [Line]>,
}

impl<'a> Ledger<'a> {
    /// Bytes before the first line.
    pub const HEADER: usize = Book::DISCRIMINATOR.len() + size_of::<Book>();

    /// Bytes of an account with room for `lines` lines.
    pub const fn space(lines: usize) -> usize {
        Self::HEADER + lines * Line::SIZE
    }

    /// Lines that an account of `len` bytes has room for.
    pub const fn capacity(len: usize) -> usize {
        len.saturating_sub(Self::HEADER) / Line::SIZE
    }

    /// Takes `account` apart. Its owner and discriminator were checked when it was loaded.
    pub fn open(account: &'a AccountLoader<Book>) -> Result<Self> {
        require!(account.as_ref().is_writable, ErrorCode::AccountNotMutable);
        let data = account.as_ref().try_borrow_mut_data()?;
        require_gte!(data.len(), Self::HEADER, ErrorCode::AccountDidNotDeserialize);
        let capacity = Self::capacity(data.len());
        let (book, lines) = RefMut::map_split(data, |data| {
            let (header, lines) = data.split_at_mut(Self::HEADER);
            let (_, book) = header.split_at_mut(Book::DISCRIMINATOR.len());
            let (lines, _) = lines.split_at_mut(capacity * Line::SIZE);
            (bytemuck::from_bytes_mut(book), bytemuck::cast_slice_mut(lines))
        });
        Ok(Self { book, lines })
    }

    /// The line at `index`, with the book it belongs to.
    pub fn line(&mut self, index: u16) -> Result<(&mut Book, &mut Line)> {
        require_gt!(self.book.next_line, index, StreamsError::LineOutOfRange);
        let line = self.lines.get_mut(usize::from(index)).ok_or(StreamsError::LineOutOfRange)?;
        Ok((&mut self.book, line))
    }

    /// Appends a line; the account has room for it.
    pub fn push(&mut self, line: Line) -> Result<()> {
        let index = usize::from(self.book.next_line);
        *self.lines.get_mut(index).ok_or(StreamsError::BookFull)? = line;
        self.book.next_line = self.book.next_line.checked_add(1).ok_or(StreamsError::BookFull)?;
        self.book.line_count += 1;
        Ok(())
    }
}

//! Events, written to the log as Anchor's `emit!` writes them, but from the stack: its buffer on the
//! heap grows field by field, which costs each event some 80 units and half a kilobyte of code.

use core::mem::MaybeUninit;
use std::io;

use anchor_lang::{prelude::*, solana_program::log::sol_log_data, Discriminator};

/// Logs an event, as [`log`] does, and passes its error on.
#[macro_export]
macro_rules! emit {
    ($event:expr) => {
        $crate::event::log(&$event)?
    };
}

/// More than any event has.
const MAX_LEN: usize = 256;

/// Logs `event`.
///
/// Aborts for an event of more than 256 bytes.
pub fn log<E: AnchorSerialize + Discriminator>(event: &E) -> Result<()> {
    let mut bytes = Bytes { bytes: [MaybeUninit::uninit(); MAX_LEN], len: 0 };
    bytes.add(E::DISCRIMINATOR);
    event.serialize(&mut bytes)?;
    // SAFETY: as many have been written.
    let written = unsafe { core::slice::from_raw_parts(bytes.bytes.as_ptr().cast(), bytes.len) };
    sol_log_data(&[written]);
    Ok(())
}

struct Bytes {
    bytes: [MaybeUninit<u8>; MAX_LEN],
    len: usize,
}

impl Bytes {
    /// Inlined always, so that where each field goes is known when the program is compiled.
    #[inline(always)]
    fn add(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        assert!(end <= MAX_LEN);
        // SAFETY: the room was just checked; bytes of another object do not overlap this one's.
        unsafe {
            let to = self.bytes.as_mut_ptr().add(self.len).cast::<u8>();
            core::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len());
        }
        self.len = end;
    }
}

impl io::Write for Bytes {
    #[inline(always)]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.add(bytes);
        Ok(bytes.len())
    }

    #[inline(always)]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.add(bytes);
        Ok(())
    }

    #[inline(always)]
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

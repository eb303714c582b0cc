//! What the tests of lines and of books share.

use anchor_lang::prelude::*;
use bytemuck::Zeroable;
use streams::{errors::StreamsError, state::Line};

pub const PAYEE: Pubkey = Pubkey::new_from_array([3; 32]);

/// A line of 1,000 without a rate, made at 100.
pub fn line() -> Line {
    Line { payee: PAYEE, deposit: 1_000, accrued_at: 100, ..Line::zeroed() }
}

pub fn refused<T: std::fmt::Debug>(result: Result<T>, error: StreamsError) {
    assert_eq!(result.unwrap_err(), Error::from(error));
}

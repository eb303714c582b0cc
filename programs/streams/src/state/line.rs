use anchor_lang::prelude::*;
use pinfi_math::line;

use crate::errors::{require, require_gt, StreamsError};

/// What one payer owes one payee: a rate, vouchers, or both, covered by one deposit.
///
/// `earned = min(deposit, accrued + vouched)`, and always `claimed <= earned <= deposit` and
/// `accrued <= deposit`. What is earned does not depend on when or how often anybody settles or
/// claims: `accrued` follows from rate, deposit and time alone, `vouched` from the highest total.
/// Amounts are base units of the book's mint, times unix seconds.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// Earns.
    pub payee: Pubkey,
    /// Set aside for the payee, ever. Falls to `earned` when the line is released.
    pub deposit: u64,
    /// Highest cumulative total signed for, recorded as signed: what the deposit does not cover
    /// becomes payable if the payer adds funds.
    pub vouched: u64,
    /// Earned per second. Zero for a line of vouchers only, or paused.
    pub rate: u64,
    /// Ever earned by the second, up to `accrued_at`; stops at the deposit.
    pub accrued: u64,
    /// What `accrued` is current to; without a rate it stays what it was.
    pub accrued_at: i64,
    /// Ever paid out, fee inside.
    pub claimed: u64,
    /// From when on the line is closed; zero while it is open.
    pub closing_at: i64,
    /// `CONTROLLED`, `RELEASED`, `REMOVED`.
    pub flags: u32,
    pub padding: u32,
}

impl Line {
    pub const SIZE: usize = core::mem::size_of::<Self>();

    /// The book's controller, not the payer, changes the rate and closes.
    pub const CONTROLLED: u32 = 1;
    /// The deposit's unearned rest has gone back to the book.
    pub const RELEASED: u32 = 2;
    /// Paid to the last unit; only its index is still taken.
    pub const REMOVED: u32 = 4;

    pub fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    pub fn earned(&self) -> u64 {
        line::earned(self.deposit, self.accrued, self.vouched)
    }

    /// Brings `accrued` up to `now`. Comes before every change of deposit or rate, so that the past
    /// keeps the terms it was earned under.
    #[inline(always)]
    pub fn accrue(&mut self, now: i64) {
        if self.rate == 0 {
            return;
        }
        let time = self.accrued_at..now;
        self.accrued = line::accrued_by(self.rate, time, self.deposit, self.accrued);
        self.accrued_at = self.accrued_at.max(now);
    }

    /// Raises `vouched` to `cumulative` and returns by how much: zero for an older voucher and
    /// for a line that is closed.
    pub fn vouch(&mut self, cumulative: u64, now: i64) -> u64 {
        let raise = cumulative.saturating_sub(self.vouched);
        if raise == 0 || self.is_closed(now) {
            return 0;
        }
        self.vouched = cumulative;
        raise
    }

    /// Adds funds that the book has set aside.
    pub fn fund(&mut self, amount: u64, now: i64) -> Result<()> {
        self.require_open()?;
        self.accrue(now);
        self.deposit = self.deposit.checked_add(amount).ok_or(StreamsError::MathOverflow)?;
        Ok(())
    }

    pub fn set_rate(&mut self, rate: u64, now: i64) -> Result<()> {
        self.require_open()?;
        self.accrue(now);
        self.rate = rate;
        self.accrued_at = self.accrued_at.max(now);
        Ok(())
    }

    /// Stops the rate now; vouchers and claims go on until `at`. A later call may only bring the
    /// end nearer.
    pub fn close(&mut self, now: i64, at: i64) -> Result<()> {
        require!(!self.has(Self::REMOVED), StreamsError::LineRemoved);
        // Zero means open, so the first second of unix time counts as the second.
        let at = at.max(1);
        require!(self.closing_at == 0 || at < self.closing_at, StreamsError::LineClosing);
        self.accrue(now);
        self.rate = 0;
        self.closing_at = at;
        Ok(())
    }

    /// Everything earned up to `now` and not yet paid.
    #[inline(always)]
    pub fn due(&mut self, now: i64) -> u64 {
        self.accrue(now);
        self.earned() - self.claimed
    }

    /// The same, booked as paid.
    #[inline(always)]
    pub fn claim(&mut self, now: i64) -> Result<u64> {
        require!(!self.has(Self::REMOVED), StreamsError::LineRemoved);
        let due = self.due(now);
        require_gt!(due, 0, StreamsError::NothingToClaim);
        self.claimed += due;
        Ok(due)
    }

    /// Gives up the deposit's unearned rest, once, and returns it.
    pub fn release(&mut self, now: i64) -> Result<u64> {
        require!(!self.has(Self::REMOVED), StreamsError::LineRemoved);
        require!(self.closing_at != 0, StreamsError::LineNotClosing);
        require!(self.is_closed(now), StreamsError::GraceNotOver);
        let rest = self.deposit - self.earned();
        self.deposit -= rest;
        self.flags |= Self::RELEASED;
        Ok(rest)
    }

    /// Leaves nothing but the taken index, closed since ever.
    pub fn remove(&mut self) {
        *self = Self { closing_at: i64::MIN, flags: Self::REMOVED, ..bytemuck::Zeroable::zeroed() };
    }

    pub fn is_closed(&self, now: i64) -> bool {
        self.closing_at != 0 && now >= self.closing_at
    }

    fn require_open(&self) -> Result<()> {
        require!(!self.has(Self::REMOVED), StreamsError::LineRemoved);
        require!(self.closing_at == 0, StreamsError::LineClosing);
        Ok(())
    }
}

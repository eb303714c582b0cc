use anchor_lang::prelude::*;

/// When a program takes nothing new. A program embeds it in its `Config` and calls `require_running`
/// in instructions by which somebody enters; never in those by which somebody gets out.
///
/// It ends by itself, lasts `MAX_SECONDS` at most, and has to be followed by a rest that is `REST`
/// times as long: whoever may pause cannot keep a program shut.
#[derive(
    AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, Default, PartialEq, Eq,
)]
pub struct Pause {
    /// When the last pause began, in unix seconds.
    pub from: i64,
    /// When it ends or ended, in unix seconds: from then on the program runs.
    pub until: i64,
}

/// What a pause refuses, or is refused for. Each program reports it by an error of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PauseFault {
    /// Nothing new is taken while the program is paused.
    Paused,
    /// A pause ends after the present and at most `MAX_SECONDS` after it began.
    OutOfRange,
    /// The rest that follows the last pause is not over.
    TooSoon,
    /// There is no pause to be ended.
    NotPaused,
}

impl Pause {
    /// The longest pause: 72 hours.
    pub const MAX_SECONDS: i64 = 72 * 60 * 60;
    /// Seconds of rest for each second of a pause.
    pub const REST: i64 = 4;

    /// Pauses until `until`, or moves the end of a pause that has not ended, whose length counts from
    /// its beginning. Fails with `TooSoon` or `OutOfRange`, with nothing changed.
    pub fn pause(&mut self, until: i64, now: i64) -> core::result::Result<(), PauseFault> {
        let from = if self.is_paused(now) {
            self.from
        } else if now < self.rests_until() {
            return Err(PauseFault::TooSoon);
        } else {
            now
        };
        if until <= now || until.saturating_sub(from) > Self::MAX_SECONDS {
            return Err(PauseFault::OutOfRange);
        }
        *self = Self { from, until };
        Ok(())
    }

    /// Ends the pause at once. Fails with `NotPaused`.
    pub fn resume(&mut self, now: i64) -> core::result::Result<(), PauseFault> {
        if !self.is_paused(now) {
            return Err(PauseFault::NotPaused);
        }
        self.until = now;
        Ok(())
    }

    /// Fails with `Paused` while the program is.
    pub fn require_running(&self, now: i64) -> core::result::Result<(), PauseFault> {
        if self.is_paused(now) {
            return Err(PauseFault::Paused);
        }
        Ok(())
    }

    fn is_paused(&self, now: i64) -> bool {
        now < self.until
    }

    /// From when on a new pause may begin. One that was ended in the second it began in counts for a
    /// second: several slots have the same time, and a pause in each would be one without an end.
    fn rests_until(&self) -> i64 {
        let length = self.until.saturating_sub(self.from).max(1);
        self.until.saturating_add(length.saturating_mul(Self::REST))
    }
}

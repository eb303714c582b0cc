use anchor_lang::prelude::*;

/// The cluster's time, read once and only if something asks for it.
#[derive(Default)]
pub struct LazyClock(Option<i64>);

impl LazyClock {
    /// Unix seconds. A runtime without a clock aborts the transaction.
    pub fn now(&mut self) -> i64 {
        match self.0 {
            Some(now) => now,
            None => match Clock::get() {
                Ok(clock) => *self.0.insert(clock.unix_timestamp),
                Err(error) => panic!("no clock: {error}"),
            },
        }
    }
}

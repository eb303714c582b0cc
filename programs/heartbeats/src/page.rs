use bytemuck::{Pod, Zeroable};
use pinfi_math::beats::{
    counters::{excused, known_from, Ring, DAYS, KEPT, MONTHS},
    uptime,
    verdict::{Bitmap, NODES, WORDS},
};

use crate::{
    counting::{Counters16, Counters32},
    Fault,
};

/// What is known of a page's nodes, by place.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct UptimePage {
    pub page: u64,
    /// The first slot that was to be closed, and the next.
    pub first: u64,
    pub next: u64,
    /// Closed slots that were void.
    pub void: u64,
    /// The month whose bonus was counted last; 0 for none.
    pub counted: u64,
    /// Sum of the weights that its bonus is divided by.
    pub bonus_weight: u64,
    /// Judged slots of the months and days that have counters.
    pub months_judged: [u16; 2],
    pub days_judged: [u16; 3],
    /// Which of the last 12 slots were judged: by the slot's number, as the verdicts.
    pub judged: u16,
    pub padding: u32,
    /// Places with a node in service.
    pub live: Bitmap,
    /// Nodes with a bonus of the month counted last that was not paid.
    pub payable: Bitmap,
    /// Who missed each of the last 12 slots and did not contest it.
    pub verdicts: [Bitmap; KEPT as usize],
    /// What pay and bonus are in proportion to.
    pub weights: [u32; NODES],
    /// Slots missed and not contested, ever.
    pub missed: Counters32,
    /// Slots missed this month and the one before, contested or not.
    pub months: [Counters16; 2],
    /// Slots missed on this day and the two before, contested or not.
    pub days: [Counters16; 3],
    /// Moving average over months, in parts of 65,535.
    pub uptime: [u16; NODES],
}

/// A maintenance window, which lies in one month, and a node's misses when it began.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub start: u64,
    pub end: u64,
    /// The first slot that counts: `start`, or later where it was begun too late to know.
    pub from: u64,
    pub missed: u32,
}

/// A month whose bonus is counted, and its denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BonusMonth {
    pub month: u64,
    pub weight: u64,
}

/// Index of a period's counter.
pub(crate) fn place_in(ring: Ring, period: u64) -> usize {
    period.checked_rem(ring.kept).and_then(|at| usize::try_from(at).ok()).unwrap_or(0)
}

/// Index of a slot's verdict.
pub(crate) fn verdict_at(slot: u64) -> usize {
    (slot % KEPT) as usize
}

impl UptimePage {
    /// Takes a node into service at a place that had none. What it was not there for counts as missed.
    /// What is due was closed.
    pub(crate) fn register(&mut self, place: u16, weight: u32, running: u64) -> Result<(), Fault> {
        let (word, bit) = split(place)?;
        let at = usize::from(place);
        self.live[word] |= bit;
        self.weights[at] = weight;
        for (ring, counters) in [(MONTHS, &mut self.months[..]), (DAYS, &mut self.days[..])] {
            let present = ring.period(self.next);
            for period in present.saturating_sub(ring.kept - 1)..=present {
                let absent = ring.absent(period, running);
                counters[place_in(ring, period)].each_mut()[at] =
                    u16::try_from(absent).unwrap_or(u16::MAX);
            }
        }
        Ok(())
    }

    /// Takes a node out of service for ever.
    pub fn retire(&mut self, place: u16) -> Result<(), Fault> {
        let (word, bit) = split(place)?;
        self.live[word] &= !bit;
        Ok(())
    }

    /// Changes a node's weight. It does not rise while a bonus waits that was counted with less.
    pub fn set_weight(&mut self, place: u16, weight: u32) -> Result<(), Fault> {
        let (word, bit) = split(place)?;
        let pending = self.payable[word] & bit != 0 && self.is_payable(self.counted);
        let own = &mut self.weights[usize::from(place)];
        if pending && weight > *own {
            return Err(Fault::BonusUnpaid);
        }
        *own = weight;
        Ok(())
    }

    /// Slots that `place` had missed and not contested before `slot`, one of the last 12 or the next.
    pub fn missed_before(&self, place: u16, slot: u64) -> u32 {
        let (word, shift) = (usize::from(place) / 64, place % 64);
        let since: u64 =
            (slot..self.next).map(|slot| self.verdicts[verdict_at(slot)][word] >> shift & 1).sum();
        self.missed.each()[usize::from(place)] - u32::try_from(since).unwrap_or(u32::MAX)
    }

    /// Slots judged before `slot`, one of the last 12 or the next.
    pub fn judged_before(&self, slot: u64) -> u64 {
        let since = (slot..self.next).filter(|slot| self.judged >> verdict_at(*slot) & 1 == 1);
        self.next - self.first - self.void - since.count() as u64
    }

    /// Begins a maintenance window of `place` from `start` to before `end`.
    pub fn begin(&self, place: u16, start: u64, end: u64) -> Result<Window, Fault> {
        split(place)?;
        if start > self.next || self.next >= end {
            return Err(Fault::WindowClosed);
        }
        let from = known_from(start, self.next);
        Ok(Window { start, end, from, missed: self.missed_before(place, from) })
    }

    /// Ends it: takes what it excuses off the month's misses, and returns it.
    pub fn end(&mut self, place: u16, window: &Window) -> Result<u32, Fault> {
        split(place)?;
        let month = MONTHS.period(window.start);
        let is_kept = MONTHS.period(self.next) - month < MONTHS.kept && self.counted < month;
        if self.next < window.end || !is_kept {
            return Err(Fault::WindowClosed);
        }
        let to = known_from(window.end, self.next);
        let unknown = u32::try_from(to - window.end).unwrap_or(u32::MAX);
        let slots = excused(window.missed, self.missed_before(place, to), unknown);
        let missed = &mut self.months[place_in(MONTHS, month)].each_mut()[usize::from(place)];
        *missed = missed.saturating_sub(u16::try_from(slots).unwrap_or(u16::MAX));
        Ok(slots)
    }

    /// Counts the month that ended at least 12 closed slots ago: who has earned the bonus, by which
    /// weight it is divided, and what the month means for everybody's uptime.
    pub fn count_bonus(&mut self, month: u64) -> Result<BonusMonth, Fault> {
        let ended = (month + 1) * MONTHS.length;
        if self.counted >= month || self.next < ended + KEPT || self.next >= ended + MONTHS.length {
            return Err(Fault::WrongMonth);
        }
        let judged = self.months_judged[place_in(MONTHS, month)];
        (self.counted, self.bonus_weight) = (month, 0);
        self.payable = [0; WORDS];
        if uptime::counts(judged) {
            let missed = self.months[place_in(MONTHS, month)].each();
            for word in 0..WORDS {
                let mut earned = 0;
                for bit in 0..64 {
                    let place = word * 64 + bit;
                    if self.live[word] >> bit & 1 == 0 {
                        continue;
                    }
                    if uptime::is_eligible(missed[place]) {
                        earned |= 1 << bit;
                        self.bonus_weight += u64::from(self.weights[place]);
                    }
                    let own = &mut self.uptime[place];
                    *own = uptime::fold_down(*own, judged, missed[place]);
                }
                self.payable[word] = earned;
            }
        }
        Ok(BonusMonth { month, weight: self.bonus_weight })
    }

    /// Marks the bonus of `place` as paid, and returns the weight that it is in proportion to.
    pub fn pay_bonus(&mut self, place: u16, month: u64) -> Result<u32, Fault> {
        let (word, bit) = split(place)?;
        if self.counted != month || !self.is_payable(month) || self.payable[word] & bit == 0 {
            return Err(Fault::NothingPayable);
        }
        self.payable[word] &= !bit;
        Ok(self.weights[usize::from(place)])
    }

    /// Bonuses are paid until the month after ends.
    fn is_payable(&self, month: u64) -> bool {
        self.next < (month + MONTHS.kept) * MONTHS.length
    }
}

/// Word and bit of a place in a bitmap.
fn split(place: u16) -> Result<(usize, u64), Fault> {
    match usize::from(place) {
        place if place < NODES => Ok((place / 64, 1 << (place % 64))),
        _ => Err(Fault::PlaceOutOfRange),
    }
}

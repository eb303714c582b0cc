//! What a page's heartbeats change, on the bytes of its two accounts: `BeatRing`, where reports are
//! filed and opened, and `UptimePage`, where what they say is counted.
//!
//! `Heartbeats` is both, with everything closed that is due: the ring has room for the two slots
//! that are in the making and no more, so nothing else gets at it.
// Slots become indices, and the only machine this runs on has 64-bit pointers.
#![allow(clippy::cast_possible_truncation)]

use pinfi_math::beats::verdict::SEATS;

mod close;
mod counting;
mod page;
mod ring;
mod roster;

pub use page::{BonusMonth, UptimePage, Window};
pub use ring::{seal, BeatRing, Cell, Drawing, Drawn, Opening, Seat};
pub use roster::{Entry, Roster, Staked, ROSTER};

use ring::At;

/// A page's two accounts while `running` runs, and all that was due is closed.
pub struct Heartbeats<'a> {
    ring: &'a mut BeatRing,
    page: &'a mut UptimePage,
    running: u64,
}

impl<'a> Heartbeats<'a> {
    /// Closes what is due.
    pub fn close_due(ring: &'a mut BeatRing, page: &'a mut UptimePage, running: u64) -> Self {
        close::close_due(ring, page, running);
        Self { ring, page, running }
    }

    /// Seats those drawn for `epoch`: a day before it begins, or while it runs.
    pub fn seat(&mut self, epoch: u64, drawn: [Option<Drawn>; SEATS]) -> Result<(), Fault> {
        self.ring.seat(epoch, self.running, drawn)
    }

    /// Files, sealed, what `reporter` in `seat` has to say on `slot`: the one before this.
    pub fn file(
        &mut self,
        seat: u8,
        reporter: &[u8; 32],
        slot: u64,
        sealed: [u8; 32],
    ) -> Result<(), Fault> {
        self.ring.file(seat, reporter, self.at(slot), sealed)
    }

    /// Opens the report of `seat` on `slot`, which is two before this; anybody may, as only its author
    /// has the key. One that is open stays as it is.
    pub fn open(&mut self, seat: u8, slot: u64, opening: &Opening) -> Result<(), Fault> {
        self.ring.open(seat, self.at(slot), opening)
    }

    /// Notes that the node at `place` says it was up in `slot`, one or two before this.
    pub fn contest(&mut self, place: u16, slot: u64) -> Result<(), Fault> {
        self.ring.contest(place, self.at(slot))
    }

    /// Takes a node into service at a place that had none. What it was not there for counts as missed.
    pub fn register(&mut self, place: u16, weight: u32) -> Result<(), Fault> {
        self.page.register(place, weight, self.running)
    }

    fn at(&self, slot: u64) -> At {
        At { slot, running: self.running }
    }
}

/// Why something is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The slot is not in the stage for that.
    WrongStage,
    /// The signer has no such seat in the slot's epoch.
    NotSeated,
    /// The seat has filed its report on the slot.
    AlreadyFiled,
    /// The seat has filed no report on the slot.
    NothingFiled,
    /// Key and bitmap are not what was filed.
    WrongOpening,
    /// The epoch's seats are drawn, or cannot be drawn yet or any more.
    WrongEpoch,
    /// The window has not begun or ended, or its month can be changed no more.
    WindowClosed,
    /// The month cannot be counted: not yet, no more, or again.
    WrongMonth,
    /// The node has no bonus to be paid, or was paid.
    NothingPayable,
    /// A node's weight rises when its bonus is paid.
    BonusUnpaid,
    /// More validators or more stake than a roster holds.
    RosterTooLarge,
    /// The page has no such place.
    PlaceOutOfRange,
}

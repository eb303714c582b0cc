use bytemuck::{Pod, Zeroable};
use pinfi_math::beats::{
    time::{stage, Stage, DAY, EPOCH},
    verdict::{Bitmap, NODES, SEATS, WORDS},
};
use solana_sha256_hasher::hashv;

use crate::Fault;

/// Who reports on a page, and how well: what its pay is computed from.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Seat {
    /// The validator's vault, which the seat was drawn for.
    pub vault: [u8; 32],
    /// Key that files; all zeros, which signs nothing, in a seat left empty.
    pub reporter: [u8; 32],
    /// Its reports that were counted.
    pub opened: u64,
    /// Sum over these of nodes that it got wrong.
    pub wrong: u64,
    /// Sum over these of nodes whose state had changed. Above `wrong` by what it reported as news.
    pub changed: u64,
}

/// Who is drawn for a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawn {
    pub vault: [u8; 32],
    pub reporter: [u8; 32],
}

/// The seats of an epoch.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Drawing {
    pub epoch: u64,
    pub seats: [Seat; SEATS],
}

/// What is in the making for a slot.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Cell {
    pub slot: u64,
    /// Seats that have filed, one bit each.
    pub filed: u8,
    /// Seats whose reports are opened.
    pub opened: u8,
    pub padding: [u8; 6],
    /// What was filed: a hash of key, bitmap, vault, page and slot.
    pub sealed: [[u8; 32]; SEATS],
    /// Nodes that say they were up.
    pub contested: Bitmap,
}

/// What opens a report.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Opening {
    /// Random, and another one for each report.
    pub key: [u8; 32],
    /// Nodes that are down.
    pub report: Bitmap,
}

/// Seats and reports of a page.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct BeatRing {
    pub page: u64,
    /// This epoch's and the one's before, or the next one's, by parity.
    pub drawings: [Drawing; 2],
    /// Of the slot that is filed for and the one that is opened, by parity.
    pub cells: [Cell; 2],
    /// The last verdict, contests or not.
    pub previous: Bitmap,
    /// Reports of the one slot that is opened: the one before it is closed by then.
    pub reports: [Bitmap; SEATS],
}

/// Index of one of two by parity.
pub(crate) const fn parity(number: u64) -> usize {
    (number & 1) as usize
}

impl BeatRing {
    /// Seats those drawn for `epoch`, which begins within a day or runs. What is due was closed, so
    /// that nothing is counted any more for the seats whose place these take.
    pub(crate) fn seat(
        &mut self,
        epoch: u64,
        running: u64,
        drawn: [Option<Drawn>; SEATS],
    ) -> Result<(), Fault> {
        let drawing = &mut self.drawings[parity(epoch)];
        let in_time = (running + DAY) / EPOCH >= epoch && running / EPOCH <= epoch;
        if !in_time || drawing.epoch >= epoch {
            return Err(Fault::WrongEpoch);
        }
        *drawing = Drawing { epoch, ..Zeroable::zeroed() };
        for (seat, Drawn { vault, reporter }) in
            drawing.seats.iter_mut().zip(drawn.into_iter().flatten())
        {
            *seat = Seat { vault, reporter, ..Zeroable::zeroed() };
        }
        Ok(())
    }

    /// Files what `reporter` in `seat` has to say on `slot`, sealed.
    pub(crate) fn file(
        &mut self,
        seat: u8,
        reporter: &[u8; 32],
        at: At,
        sealed: [u8; 32],
    ) -> Result<(), Fault> {
        if stage(at.slot, at.running) != Stage::Filing {
            return Err(Fault::WrongStage);
        }
        if self.seat_at(seat, at.slot)?.reporter != *reporter {
            return Err(Fault::NotSeated);
        }
        let cell = self.cell(at.slot);
        if cell.filed >> seat & 1 == 1 {
            return Err(Fault::AlreadyFiled);
        }
        cell.filed |= 1 << seat;
        cell.sealed[usize::from(seat)] = sealed;
        Ok(())
    }

    /// Opens the report of `seat` on `slot`; anybody may, since only its author has the key. One that
    /// is opened stays as it is.
    pub(crate) fn open(&mut self, seat: u8, at: At, opening: &Opening) -> Result<(), Fault> {
        if stage(at.slot, at.running) != Stage::Opening {
            return Err(Fault::WrongStage);
        }
        let vault = self.seat_at(seat, at.slot)?.vault;
        let page = self.page;
        let cell = &mut self.cells[parity(at.slot)];
        if cell.slot != at.slot || cell.filed >> seat & 1 == 0 {
            return Err(Fault::NothingFiled);
        }
        if cell.opened >> seat & 1 == 1 {
            return Ok(());
        }
        if seal(opening, &vault, page, at.slot) != cell.sealed[usize::from(seat)] {
            return Err(Fault::WrongOpening);
        }
        cell.opened |= 1 << seat;
        self.reports[usize::from(seat)] = opening.report;
        Ok(())
    }

    /// Notes that the node at `place` says it was up in `slot`.
    pub(crate) fn contest(&mut self, place: u16, at: At) -> Result<(), Fault> {
        if !matches!(stage(at.slot, at.running), Stage::Filing | Stage::Opening) {
            return Err(Fault::WrongStage);
        }
        if usize::from(place) >= NODES {
            return Err(Fault::PlaceOutOfRange);
        }
        self.cell(at.slot).contested[usize::from(place) / 64] |= 1 << (place % 64);
        Ok(())
    }

    /// The cell of a slot that is not due, emptied if it still holds another, which is closed.
    fn cell(&mut self, slot: u64) -> &mut Cell {
        let cell = &mut self.cells[parity(slot)];
        if cell.slot != slot {
            cell.slot = slot;
            (cell.filed, cell.opened) = (0, 0);
            cell.contested = [0; WORDS];
        }
        cell
    }

    fn seat_at(&self, seat: u8, slot: u64) -> Result<&Seat, Fault> {
        let drawing = &self.drawings[parity(slot / EPOCH)];
        match drawing.seats.get(usize::from(seat)) {
            Some(seat) if drawing.epoch == slot / EPOCH => Ok(seat),
            _ => Err(Fault::NotSeated),
        }
    }
}

/// The slot that something is about, and the one that runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    pub slot: u64,
    pub running: u64,
}

/// What is filed for a report: of no use to another seat, page or slot, and hiding the bitmap behind
/// a random key.
pub fn seal(opening: &Opening, vault: &[u8; 32], page: u64, slot: u64) -> [u8; 32] {
    hashv(&[bytemuck::bytes_of(opening), vault, &page.to_le_bytes(), &slot.to_le_bytes()])
        .to_bytes()
}

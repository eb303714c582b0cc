//! Random months of heartbeats against the matrix of all reports, every counter summed anew from it.

#![allow(clippy::unwrap_used, clippy::cast_possible_truncation)]

mod matrix;
mod random;

use matrix::{Matrix, NODES};
use pinfi_heartbeats::{seal, BeatRing, Drawn, Fault, Heartbeats, Opening, UptimePage, Window};
use pinfi_math::beats::{
    counters::KEPT,
    time::{DAY, EPOCH, MONTH},
    verdict::{Bitmap, SEATS},
};
use random::Random;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Honest,
    Liar,
    Silent,
    Withholder,
    Copier,
}

/// A report that was filed, by what its author knows.
#[derive(Clone, Copy)]
struct Filed {
    slot: u64,
    seat: u8,
    kind: Kind,
    opening: Opening,
    sealed: [u8; 32],
    /// Whether the opening is what was sealed.
    opens: bool,
}

struct Walk {
    random: Random,
    ring: Box<BeatRing>,
    page: Box<UptimePage>,
    matrix: Matrix,
    running: u64,
    state: Bitmap,
    truth: Bitmap,
    kinds: [Kind; SEATS],
    filed: Vec<Filed>,
    windows: Vec<(u16, Option<Window>, u64, u64)>,
    counts: [u64; 6],
}

const REPORTER: u8 = 100;

impl Walk {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        // Near the end of a month, so that all borders are passed.
        let start = MONTH * (600 + random.below(9)) - 30 - random.below(80);
        let mut page: Box<UptimePage> = bytemuck::zeroed_box();
        (page.first, page.next, page.page) = (start, start, 7);
        let mut ring: Box<BeatRing> = bytemuck::zeroed_box();
        ring.page = 7;
        Self {
            matrix: Matrix::new(start),
            random,
            ring,
            page,
            running: start,
            state: [0; 64],
            truth: [0; 64],
            kinds: [Kind::Honest; SEATS],
            filed: Vec::new(),
            windows: Vec::new(),
            counts: [0; 6],
        }
    }

    fn beats(&mut self) -> Heartbeats<'_> {
        Heartbeats::close_due(&mut self.ring, &mut self.page, self.running)
    }

    fn seats(&mut self, epoch: u64) {
        let drawn = core::array::from_fn(|seat| {
            let seat = seat as u8;
            Some(Drawn { vault: [seat + epoch as u8; 32], reporter: [seat + REPORTER; 32] })
        });
        let expected = match self.matrix.seated.contains(&epoch) {
            false if (self.running + DAY) / EPOCH >= epoch && self.running / EPOCH <= epoch => {
                Ok(())
            }
            _ => Err(Fault::WrongEpoch),
        };
        assert_eq!(self.beats().seat(epoch, drawn), expected);
        if expected.is_ok() {
            self.matrix.seated.push(epoch);
            for seat in 0..SEATS {
                let colludes = seat < 3 && !self.random.one_in(4);
                let kind = [Kind::Liar, Kind::Silent, Kind::Withholder, Kind::Copier];
                self.kinds[seat] =
                    if colludes { kind[self.random.below(4) as usize] } else { Kind::Honest };
            }
        }
    }

    /// Time goes on by a slot, or by many, and nodes fail and recover.
    fn pass(&mut self) {
        let gone = match self.random.below(400) {
            0 => [2, 5, 13, 40][self.random.below(4) as usize],
            1 => [300, 3_000, 20_000][self.random.below(3) as usize],
            _ => 1,
        };
        self.running += gone;
        if gone > 1 {
            self.filed.clear();
        }
        self.truth = self.state;
        for _ in 0..self.random.below(4) {
            let node = self.random.below(NODES as u64) as usize;
            self.state[node / 64] ^= 1 << (node % 64);
        }
        if self.random.one_in(3) {
            self.state = [0; 64];
        }
    }

    fn file(&mut self, seat: u8) {
        let slot = self.running - 1;
        let kind = self.kinds[usize::from(seat)];
        if kind == Kind::Silent || self.random.one_in(12) {
            return;
        }
        let mut report = self.truth;
        match kind {
            Kind::Liar => {
                report =
                    core::array::from_fn(
                        |word| if word < NODES / 64 { self.random.next() } else { 0 },
                    )
            }
            _ if self.random.one_in(30) => {
                report[self.random.below(NODES as u64 / 64) as usize] ^= 4
            }
            _ => {}
        }
        let key = core::array::from_fn(|_| self.random.next() as u8);
        let opening = Opening { key, report };
        let vault = [seat + (slot / EPOCH) as u8; 32];
        let sealed = seal(&opening, &vault, 7, slot);
        let mut filed = Filed { slot, seat, kind, opening, sealed, opens: true };
        if kind == Kind::Copier {
            let other = self.filed.iter().find(|other| other.slot == slot && other.seat != seat);
            if let Some(other) = other {
                filed = Filed { slot, seat, kind, opens: false, ..*other };
            }
        }
        let seated = self.matrix.seated.contains(&(slot / EPOCH));
        let again = self.matrix.has_filed(slot, seat);
        let expected = match (seated, again) {
            (false, _) => Err(Fault::NotSeated),
            (true, true) => Err(Fault::AlreadyFiled),
            (true, false) => Ok(()),
        };
        let reporter = [seat + REPORTER; 32];
        assert_eq!(self.beats().file(seat, &[1; 32], slot, filed.sealed), Err(Fault::NotSeated));
        assert_eq!(self.beats().file(seat, &reporter, slot, filed.sealed), expected);
        for wrong in [slot - 1, slot + 1] {
            let refused = self.beats().file(seat, &reporter, wrong, filed.sealed);
            assert_eq!(refused, Err(Fault::WrongStage));
        }
        if expected.is_ok() {
            self.matrix.file(slot, seat);
            self.filed.push(filed);
            self.counts[0] += 1;
        }
    }

    fn open(&mut self, filed: Filed) {
        if filed.kind == Kind::Withholder && !self.random.one_in(3) {
            return;
        }
        let Filed { slot, seat, opening, .. } = filed;
        let mut wrong = opening;
        wrong.report[1] ^= 1;
        let is_open = self.matrix.is_open(slot, seat);
        let refused = if is_open { Ok(()) } else { Err(Fault::WrongOpening) };
        assert_eq!(self.beats().open(seat, slot, &wrong), refused);
        let expected = if filed.opens || is_open { Ok(()) } else { Err(Fault::WrongOpening) };
        assert_eq!(self.beats().open(seat, slot, &opening), expected);
        if expected.is_ok() && !is_open {
            self.matrix.open(slot, seat, &opening.report, filed.kind == Kind::Honest);
            self.counts[1] += 1;
            assert_eq!(self.beats().open(seat, slot, &wrong), Ok(()), "stays as it is");
        }
    }

    /// Nothing can be opened that was not filed.
    fn open_nothing(&mut self) {
        let (slot, seat) = (self.running - 2, self.random.below(SEATS as u64) as u8);
        if self.matrix.has_filed(slot, seat) {
            return;
        }
        let seated = self.matrix.seated.contains(&(slot / EPOCH));
        let expected = if seated { Fault::NothingFiled } else { Fault::NotSeated };
        let nothing = Opening { key: [0; 32], report: [0; 64] };
        assert_eq!(self.beats().open(seat, slot, &nothing), Err(expected));
    }

    fn other(&mut self) {
        let place = self.random.below(NODES as u64) as u16;
        match self.random.below(7) {
            0 => {
                let slot = self.running - self.random.below(4);
                let expected = match self.running - slot {
                    1 | 2 if !self.in_window(place, slot) => Ok(()),
                    1 | 2 => return,
                    _ => Err(Fault::WrongStage),
                };
                assert_eq!(self.beats().contest(place, slot), expected);
                if expected.is_ok() {
                    self.matrix.contest(slot, place);
                    self.counts[2] += 1;
                }
            }
            1 if !self.matrix.is_registered(place) => {
                let weight = self.random.below(1 << 32) as u32;
                self.beats().register(place, weight).unwrap();
                self.matrix.register(place, self.running, self.page.next);
            }
            2 if self.windows.len() < 8 && self.matrix.is_registered(place) => {
                let start = self.running + self.random.below(20);
                let end = (start + 1 + self.random.below(24)).min((start / MONTH + 1) * MONTH);
                if !self.windows.iter().any(|window| window.0 == place) {
                    self.windows.push((place, None, start, end));
                }
            }
            3 => self.begin_or_end(),
            5 => self.open_nothing(),
            4 => {
                let next = self.page.next;
                let slot = next - self.random.below(KEPT + 1);
                if slot >= self.page.first {
                    assert_eq!(
                        self.page.missed_before(place, slot),
                        self.matrix.plain(place, slot)
                    );
                    assert_eq!(self.page.judged_before(slot), self.matrix.judged(slot));
                }
            }
            _ => {
                self.beats();
            }
        }
    }

    fn in_window(&self, place: u16, slot: u64) -> bool {
        self.windows.iter().any(|window| window.0 == place && (window.2..window.3).contains(&slot))
    }

    fn begin_or_end(&mut self) {
        if self.windows.is_empty() {
            return;
        }
        let at = self.random.below(self.windows.len() as u64) as usize;
        let (place, begun, start, end) = self.windows[at];
        let next = self.page.next;
        let Some(window) = begun else {
            match self.page.begin(place, start, end) {
                Ok(window) => self.windows[at].1 = Some(window),
                Err(fault) => {
                    assert_eq!(fault, Fault::WindowClosed);
                    assert!(start > next || next >= end);
                    if next >= end {
                        self.windows.remove(at);
                    }
                }
            }
            return;
        };
        let late = next / MONTH - start / MONTH > 1 || self.page.counted >= start / MONTH;
        match self.page.end(place, &window) {
            Ok(slots) => {
                let right = self.matrix.plain(place, end) - self.matrix.plain(place, window.from);
                assert!(next >= end && !late);
                assert!(slots <= right.min(24));
                if next - end <= KEPT {
                    assert_eq!(slots, right.min(24), "ended in time");
                }
                self.matrix.excuse(place, start / MONTH, slots);
                self.counts[3] += u64::from(slots);
            }
            Err(fault) => {
                assert_eq!(fault, Fault::WindowClosed);
                assert!(next < end || late);
                if next < end {
                    return;
                }
            }
        }
        self.windows.remove(at);
    }

    fn step(&mut self) {
        self.pass();
        let epoch = (self.running + self.random.below(DAY + 20)) / EPOCH;
        if self.random.one_in(8) || epoch > self.running / EPOCH {
            self.seats(epoch);
            self.matrix.follow(&self.page, &self.ring);
        }
        let mut acts: Vec<(u8, Option<Filed>)> =
            (0..SEATS as u8).map(|seat| (seat, None)).collect();
        let due = self.filed.iter().filter(|filed| filed.slot + 2 == self.running);
        acts.extend(due.map(|filed| (filed.seat, Some(*filed))));
        acts.extend([(u8::MAX, None); 4]);
        while !acts.is_empty() {
            let at = self.random.below(acts.len() as u64) as usize;
            match acts.swap_remove(at) {
                (_, Some(filed)) => self.open(filed),
                (u8::MAX, None) => self.other(),
                (seat, None) => self.file(seat),
            }
            self.matrix.follow(&self.page, &self.ring);
        }
        let running = self.running;
        self.filed.retain(|filed| filed.slot + 1 >= running);
    }
}

#[test]
fn months_of_heartbeats_are_what_the_reports_say() {
    let mut sums = [0; 6];
    for seed in 0..6 {
        let mut walk = Walk::new(seed);
        for _ in 0..700 {
            walk.step();
        }
        walk.counts[4] = walk.page.void;
        walk.counts[5] = walk.page.next - walk.page.first - walk.page.void;
        sums.iter_mut().zip(walk.counts).for_each(|(sum, count)| *sum += count);
        assert!(walk.matrix.months_seen() > 1, "a month ended");
    }
    let [filed, opened, contested, excused, void, judged] = sums;
    assert!(filed > 10_000 && opened > 9_000 && contested > 500 && excused > 20);
    assert!(void > 1_000 && judged > 2_000);
}

//! All reports, by slot, seat and node; every counter is summed anew from them.

use std::collections::{BTreeMap, HashMap, HashSet};

use pinfi_heartbeats::{BeatRing, UptimePage};
use pinfi_math::beats::verdict::Bitmap;

/// Nodes that anything happens to.
pub const NODES: usize = 128;
const DAY: u64 = 288;
const EPOCH: u64 = 2_016;
const MONTH: u64 = 8_640;

type Row = [bool; NODES];

struct Report {
    seat: u8,
    opened: Option<(Row, bool)>,
}

pub struct Matrix {
    first: u64,
    pub seated: Vec<u64>,
    reports: BTreeMap<u64, Vec<Report>>,
    contests: HashSet<(u64, u16)>,
    /// Slots that were judged, with who was down.
    verdicts: BTreeMap<u64, Row>,
    registered: HashMap<u16, (u64, u64)>,
    excused: HashMap<(u16, u64), u64>,
    /// By epoch and seat: reports counted, nodes they got wrong, and nodes that had changed.
    scores: HashMap<(u64, u8), [u64; 3]>,
    followed: u64,
    months: HashSet<u64>,
}

impl Matrix {
    pub fn new(first: u64) -> Self {
        Self {
            first,
            seated: Vec::new(),
            reports: BTreeMap::new(),
            contests: HashSet::new(),
            verdicts: BTreeMap::new(),
            registered: HashMap::new(),
            excused: HashMap::new(),
            scores: HashMap::new(),
            followed: first,
            months: HashSet::new(),
        }
    }

    fn report(&self, slot: u64, seat: u8) -> Option<&Report> {
        self.reports.get(&slot)?.iter().find(|report| report.seat == seat)
    }
    pub fn has_filed(&self, slot: u64, seat: u8) -> bool {
        self.report(slot, seat).is_some()
    }
    pub fn is_open(&self, slot: u64, seat: u8) -> bool {
        self.report(slot, seat).is_some_and(|report| report.opened.is_some())
    }
    pub fn file(&mut self, slot: u64, seat: u8) {
        self.reports.entry(slot).or_default().push(Report { seat, opened: None });
    }
    pub fn open(&mut self, slot: u64, seat: u8, report: &Bitmap, honest: bool) {
        let row = core::array::from_fn(|node| report[node / 64] >> (node % 64) & 1 == 1);
        let reports = self.reports.get_mut(&slot).unwrap();
        reports.iter_mut().find(|report| report.seat == seat).unwrap().opened = Some((row, honest));
    }
    pub fn contest(&mut self, slot: u64, place: u16) {
        self.contests.insert((slot, place));
    }
    pub fn register(&mut self, place: u16, running: u64, next: u64) {
        self.registered.insert(place, (running, next));
    }
    pub fn is_registered(&self, place: u16) -> bool {
        self.registered.contains_key(&place)
    }
    pub fn excuse(&mut self, place: u16, month: u64, slots: u32) {
        *self.excused.entry((place, month)).or_default() += u64::from(slots);
    }
    pub fn months_seen(&self) -> usize {
        self.months.len()
    }

    /// Missed and not contested before `slot`.
    pub fn plain(&self, place: u16, slot: u64) -> u32 {
        let missed = self.verdicts.range(..slot).filter(|(slot, row)| {
            row[usize::from(place)] && !self.contests.contains(&(**slot, place))
        });
        u32::try_from(missed.count()).unwrap()
    }

    /// Judged before `slot`.
    pub fn judged(&self, slot: u64) -> u64 {
        self.verdicts.range(..slot).count() as u64
    }

    /// What a period's counter must say: missed, and what passed before the node came.
    fn lost(&self, place: u16, period: u64, length: u64) -> u64 {
        let (start, end) = (period * length, (period + 1) * length);
        let missed = |from: u64| {
            self.verdicts
                .range(from.min(end)..end)
                .filter(|(_, row)| row[usize::from(place)])
                .count() as u64
        };
        match self.registered.get(&place) {
            Some((running, next)) if *next >= start => {
                (running + 1 - start).min(length) + missed(*next)
            }
            _ => missed(start),
        }
    }

    /// Judges what the page has closed since, and compares.
    pub fn follow(&mut self, page: &UptimePage, ring: &BeatRing) {
        if page.next == self.followed {
            return;
        }
        for slot in self.followed..page.next {
            let opened: Vec<(Row, bool)> = self
                .reports
                .get(&slot)
                .into_iter()
                .flatten()
                .filter_map(|report| report.opened)
                .collect();
            let honest: Vec<&Row> =
                opened.iter().filter(|(_, honest)| *honest).map(|(row, _)| row).collect();
            if opened.len() >= 4 {
                let verdict: Row = core::array::from_fn(|node| {
                    opened.iter().filter(|(row, _)| row[node]).count() >= 4
                });
                if honest.len() >= 4 {
                    for node in 0..NODES {
                        if honest.iter().all(|row| row[node] == honest[0][node]) {
                            assert_eq!(verdict[node], honest[0][node], "three changed a verdict");
                        }
                    }
                }
                self.score(slot, &verdict);
                self.verdicts.insert(slot, verdict);
            } else {
                assert!(honest.len() < 4, "three voided a slot");
            }
        }
        self.followed = page.next;
        self.compare(page);
        for drawing in ring.drawings.iter().filter(|drawing| self.seated.contains(&drawing.epoch)) {
            for (at, seat) in (0..).zip(&drawing.seats) {
                let score = self.scores.get(&(drawing.epoch, at)).copied().unwrap_or_default();
                assert_eq!([seat.opened, seat.wrong, seat.changed], score, "seat {at}");
            }
        }
    }

    fn score(&mut self, slot: u64, verdict: &Row) {
        let previous = self.verdicts.last_key_value().map_or([false; NODES], |(_, row)| *row);
        let distance = |a: &Row, b: &Row| a.iter().zip(b).filter(|(a, b)| a != b).count() as u64;
        for report in &self.reports[&slot] {
            let Some((row, _)) = &report.opened else { continue };
            let score = self.scores.entry((slot / EPOCH, report.seat)).or_default();
            score[0] += 1;
            score[1] += distance(row, verdict);
            score[2] += distance(verdict, &previous);
        }
    }

    fn compare(&mut self, page: &UptimePage) {
        let judged = self.judged(page.next);
        assert_eq!(page.next - self.first, page.void + judged, "closed = judged + void");
        let (month, day) = (page.next / MONTH, page.next / DAY);
        self.months.insert(month);
        for place in (page.next as u16 % 5..NODES as u16).step_by(5) {
            assert_eq!(page.missed_before(place, page.next), self.plain(place, page.next));
            let at = usize::from(place);
            for month in month - 1..=month {
                let excused = self.excused.get(&(place, month)).copied().unwrap_or(0);
                let expected = self.lost(place, month, MONTH) - excused;
                assert_eq!(
                    u64::from(page.months[month as usize % 2].each()[at]),
                    expected,
                    "month {month} of {place}"
                );
            }
            for day in day - 2..=day {
                assert_eq!(
                    u64::from(page.days[day as usize % 3].each()[at]),
                    self.lost(place, day, DAY),
                    "day {day} of {place}"
                );
            }
        }
        for month in month - 1..=month {
            let judged = self.verdicts.range(month * MONTH..(month + 1) * MONTH).count();
            assert_eq!(usize::from(page.months_judged[month as usize % 2]), judged);
        }
        for day in day - 2..=day {
            let judged = self.verdicts.range(day * DAY..(day + 1) * DAY).count();
            assert_eq!(usize::from(page.days_judged[day as usize % 3]), judged);
        }
        for word in NODES / 64..64 {
            assert!(page.verdicts.iter().all(|verdict| verdict[word] == 0));
        }
    }
}

use bytemuck::Zeroable;
use pinfi_math::beats::{
    counters::{DAYS, KEPT, MONTHS},
    time::{stage, Stage, EPOCH},
    verdict::{distance, majority, Bitmap, FEWEST, SEATS, WORDS},
};

use crate::{
    counting::{raise_16, raise_32, Counters16},
    page::{place_in, verdict_at},
    ring::parity,
    BeatRing, UptimePage,
};

/// Closes, in order, every slot that is due while `running` runs. Slots without enough opened
/// reports are void, a run of them at the cost of one. Returns how many were judged: one at most.
pub fn close_due(ring: &mut BeatRing, page: &mut UptimePage, running: u64) -> u32 {
    let mut judged = 0;
    while stage(page.next, running) == Stage::Due {
        let slot = page.next;
        let cell = &ring.cells[parity(slot)];
        let opened = if cell.slot == slot { cell.opened } else { 0 };
        if opened.count_ones() >= FEWEST {
            judge(ring, page, slot);
            advance(page, slot + 1, true);
            judged += 1;
        } else {
            // What lies behind it and is due has no opened report: opening one closes all before it.
            let until = running - 2;
            for slot in until.saturating_sub(KEPT).max(slot)..until {
                page.verdicts[verdict_at(slot)] = [0; WORDS];
            }
            page.void += until - slot;
            advance(page, until, false);
        }
        if opened != 0 {
            ring.reports = [[0; WORDS]; SEATS];
        }
    }
    judged
}

/// Judges the slot by its opened reports and counts what they say.
fn judge(ring: &mut BeatRing, page: &mut UptimePage, slot: u64) {
    let cell = &ring.cells[parity(slot)];
    let verdict = &mut page.verdicts[verdict_at(slot)];
    let [a, b, c, d, e, f, g] = &ring.reports;
    *verdict = core::array::from_fn(|word| {
        majority([a[word], b[word], c[word], d[word], e[word], f[word], g[word]])
    });

    let changed = distance(verdict, &ring.previous);
    let seats = &mut ring.drawings[parity(slot / EPOCH)].seats;
    for (at, (seat, report)) in seats.iter_mut().zip(&ring.reports).enumerate() {
        if cell.opened >> at & 1 == 1 {
            seat.opened += 1;
            seat.wrong += u64::from(distance(report, verdict));
            seat.changed += u64::from(changed);
        }
    }
    ring.previous = *verdict;

    let month = place_in(MONTHS, MONTHS.period(slot));
    let day = place_in(DAYS, DAYS.period(slot));
    page.months_judged[month] += 1;
    page.days_judged[day] += 1;
    raise(&mut page.months[month], &mut page.days[day], verdict);
    let nodes = page.missed.0.chunks_exact_mut(8).zip(verdict).zip(&cell.contested);
    for ((missed, down), contested) in nodes {
        *down &= !contested;
        if *down != 0 {
            for (missed, bits) in missed.iter_mut().zip(down.to_le_bytes()) {
                if bits != 0 {
                    raise_32(missed, bits);
                }
            }
        }
    }
}

/// Raises the day's and the month's counters of the nodes that are down.
fn raise(month: &mut Counters16, day: &mut Counters16, verdict: &Bitmap) {
    let nodes = month.0.chunks_exact_mut(8).zip(day.0.chunks_exact_mut(8)).zip(verdict);
    for ((month, day), down) in nodes {
        if *down == 0 {
            continue;
        }
        for ((month, day), bits) in month.iter_mut().zip(day).zip(down.to_le_bytes()) {
            if bits != 0 {
                raise_16(month, bits);
                raise_16(day, bits);
            }
        }
    }
}

/// Goes on to slot `next`: marks what was passed, and clears the counters of periods that begin.
fn advance(page: &mut UptimePage, next: u64, judged: bool) {
    let before = page.next;
    for slot in next.saturating_sub(KEPT).max(before)..next {
        let bit = 1 << verdict_at(slot);
        page.judged = if judged { page.judged | bit } else { page.judged & !bit };
    }
    for month in MONTHS.begun(before, next) {
        page.months[place_in(MONTHS, month)] = Counters16::zeroed();
        page.months_judged[place_in(MONTHS, month)] = 0;
    }
    for day in DAYS.begun(before, next) {
        page.days[place_in(DAYS, day)] = Counters16::zeroed();
        page.days_judged[place_in(DAYS, day)] = 0;
    }
    page.next = next;
}

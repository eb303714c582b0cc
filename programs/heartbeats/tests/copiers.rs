//! What a reporter earns who does not look at the nodes, beside six who do.

#![allow(clippy::unwrap_used, clippy::cast_possible_truncation)]

mod random;

use pinfi_heartbeats::{seal, BeatRing, Drawn, Fault, Heartbeats, Opening, UptimePage};
use pinfi_math::beats::{
    time::EPOCH,
    verdict::{majority, Bitmap, SEATS},
};
use random::Random;

const SLOTS: u64 = 600;
/// Nodes that fail and recover.
const NODES: u64 = 256;
const REPORTERS: [[u8; 32]; SEATS] =
    [[1; 32], [2; 32], [3; 32], [4; 32], [5; 32], [6; 32], [7; 32]];

#[derive(Clone, Copy, PartialEq, Debug)]
enum Kind {
    Honest,
    Noise,
    AllUp,
    /// Repeats the last verdict.
    Verdict,
    /// Waits for the reports on the slot before to be opened, and reports what they say.
    Opened,
    /// Files what another has filed, and opens it with the other's key once that is out.
    Sealed,
}

fn vault_of(reporter: [u8; 32]) -> [u8; 32] {
    reporter.map(|byte| byte + 100)
}

/// News of the reporter in the first seat, in nodes over all slots, and how many reports it opened.
fn earn(kind: Kind) -> (i64, u64) {
    let start = 3_000 * EPOCH;
    let mut page: Box<UptimePage> = bytemuck::zeroed_box();
    (page.first, page.next) = (start, start);
    let mut ring: Box<BeatRing> = bytemuck::zeroed_box();
    let (mut numbers, mut state, mut truth) = (Random(1), [0; 64], [0; 64]);
    let mut filed: [Option<Opening>; SEATS] = [None; SEATS];
    for running in start..start + SLOTS {
        if running == start {
            let drawn =
                REPORTERS.map(|reporter| Some(Drawn { vault: vault_of(reporter), reporter }));
            Heartbeats::close_due(&mut ring, &mut page, running)
                .seat(running / EPOCH, drawn)
                .unwrap();
            continue;
        }
        let slot = running - 1;
        // The six look; the seventh comes last, and knows all that is known by then.
        for seat in (0..SEATS).rev() {
            let honest = seat > 0 || kind == Kind::Honest;
            let report: Bitmap = match kind {
                _ if honest => {
                    let mut report = truth;
                    report[0] ^= u64::from(numbers.one_in(10)) << (numbers.below(64));
                    report
                }
                Kind::Noise => {
                    core::array::from_fn(|word| if word < 4 { numbers.next() } else { 0 })
                }
                Kind::AllUp => [0; 64],
                Kind::Opened if running > start + 1 => {
                    core::array::from_fn(|word| majority(ring.reports.map(|report| report[word])))
                }
                _ => ring.previous,
            };
            let opening = Opening { key: [numbers.next() as u8; 32], report };
            let copied = ring.cells[(slot & 1) as usize].sealed[6];
            let mut beats = Heartbeats::close_due(&mut ring, &mut page, running);
            if let Some(before) = &filed[seat] {
                let copies = seat == 0 && kind == Kind::Sealed;
                let expected = if copies { Err(Fault::WrongOpening) } else { Ok(()) };
                assert_eq!(beats.open(seat as u8, slot - 1, before), expected);
            }
            let sealed = match kind {
                Kind::Sealed if seat == 0 => copied,
                _ => seal(&opening, &vault_of(REPORTERS[seat]), 0, slot),
            };
            beats.file(seat as u8, &REPORTERS[seat], slot, sealed).unwrap();
            filed[seat] = Some(opening);
        }
        if kind == Kind::Sealed {
            filed[0] = filed[6];
        }
        truth = state;
        for _ in 0..numbers.below(3) {
            let node = numbers.below(NODES);
            state[(node / 64) as usize] ^= 1 << (node % 64);
        }
        if numbers.one_in(20) {
            state[(numbers.below(4)) as usize] = 0;
        }
    }
    let seat = &ring.drawings[(start / EPOCH % 2) as usize].seats[0];
    (seat.changed.cast_signed() - seat.wrong.cast_signed(), seat.opened)
}

#[test]
fn only_who_looks_has_news() {
    let (honest, opened) = earn(Kind::Honest);
    assert!(honest > 400, "{honest} nodes in {SLOTS} slots");
    assert!(opened > SLOTS - 5);
    for kind in [Kind::Noise, Kind::AllUp, Kind::Verdict, Kind::Opened] {
        let (news, as_many) = earn(kind);
        assert!(news <= 0, "{kind:?}: {news}");
        assert_eq!(as_many, opened, "{kind:?}");
    }
    assert_eq!(earn(Kind::Sealed), (0, 0));
}

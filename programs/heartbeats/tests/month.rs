//! A month from its first report to the last bonus that is paid for it, and places that are none.

#![allow(clippy::unwrap_used)]

use pinfi_heartbeats::{seal, BeatRing, Drawn, Fault, Heartbeats, Opening, UptimePage, Window};
use pinfi_math::beats::{
    counters::KEPT,
    time::{EPOCH, MONTH},
    verdict::SEATS,
};

/// A whole month with four reporters: who has earned the bonus, by what weight, and how often it is paid.
#[test]
fn a_month_of_bonus() {
    let month = 700;
    let start = month * MONTH;
    let mut page: Box<UptimePage> = bytemuck::zeroed_box();
    (page.first, page.next) = (start, start);
    let mut ring: Box<BeatRing> = bytemuck::zeroed_box();
    for place in 0..4 {
        let mut beats = Heartbeats::close_due(&mut ring, &mut page, start);
        beats.register(place, 10 << place).unwrap();
    }
    let drawn = [Some(Drawn { vault: [5; 32], reporter: [6; 32] }); SEATS];
    let ended = start + MONTH;
    for running in start..ended + KEPT + 3 {
        let mut beats = Heartbeats::close_due(&mut ring, &mut page, running);
        if running % EPOCH == 0 || running == start {
            beats.seat(running / EPOCH, drawn).unwrap();
        }
        for seat in 0..4 {
            let report = |slot: u64| {
                let mut report = [0; 64];
                // Each is registered in a running slot, which counts as missed; node n misses 6 + n more.
                for node in 0..4 {
                    report[0] |= u64::from((1..7 + node).contains(&(slot - start))) << node;
                }
                Opening { key: [seat; 32], report }
            };
            if running > start && running <= ended + KEPT {
                let slot = running - 1;
                let sealed = seal(&report(slot), &[5; 32], 0, slot);
                beats.file(seat, &[6; 32], slot, sealed).unwrap();
            }
            if running > start + 1 && running <= ended + KEPT + 1 {
                beats.open(seat, running - 2, &report(running - 2)).unwrap();
            }
        }
        let next = page.next;
        if next < ended + KEPT {
            assert_eq!(page.count_bonus(month), Err(Fault::WrongMonth), "{next}");
        }
    }
    assert_eq!(page.void, 0);
    assert_eq!(page.months[0].each()[..4], [7, 8, 9, 10]);
    assert_eq!(page.missed_before(3, page.next), 9);
    let window = page.begin(2, ended - 5, ended).err();
    assert_eq!(window, Some(Fault::WindowClosed), "begun after its end");
    let window = Window { start: ended - 5, end: ended, from: ended - 5, missed: 0 };
    let counted = page.count_bonus(month).unwrap();
    assert_eq!(page.end(2, &window), Err(Fault::WindowClosed), "its month is counted");
    assert_eq!((counted.month, counted.weight), (month, 10 + 20));
    assert_eq!(page.count_bonus(month), Err(Fault::WrongMonth));
    assert_eq!(page.set_weight(0, 11), Err(Fault::BonusUnpaid));
    assert_eq!(page.set_weight(1, 20), Ok(()));
    assert_eq!(page.set_weight(2, 41), Ok(()));
    assert_eq!(page.pay_bonus(0, month), Ok(10));
    assert_eq!(page.pay_bonus(0, month), Err(Fault::NothingPayable));
    assert_eq!(page.set_weight(0, 11), Ok(()));
    assert_eq!(page.pay_bonus(1, month), Ok(20));
    assert_eq!(page.pay_bonus(2, month), Err(Fault::NothingPayable));
    assert_eq!(page.pay_bonus(4_095, month), Err(Fault::NothingPayable));
    let up = |missed: u32| (8_640 - missed) * 65_535 / 8_640 / 4;
    assert_eq!(
        page.uptime[..5].iter().map(|up| u32::from(*up)).collect::<Vec<_>>(),
        [up(7), up(8), up(9), up(10), 0]
    );

    // A month later nothing of it is paid any more, and another one is too old to be counted.
    let mut beats = Heartbeats::close_due(&mut ring, &mut page, ended + MONTH + 2);
    assert_eq!(beats.contest(0, ended + MONTH), Ok(()));
    assert_eq!((page.next, page.pay_bonus(2, month)), (ended + MONTH, Err(Fault::NothingPayable)));
    page.counted = 0;
    assert_eq!(page.count_bonus(month), Err(Fault::WrongMonth));
}

#[test]
fn a_place_behind_the_last_is_refused() {
    let mut page: Box<UptimePage> = bytemuck::zeroed_box();
    let mut ring: Box<BeatRing> = bytemuck::zeroed_box();
    let refused = Some(Fault::PlaceOutOfRange);
    let mut beats = Heartbeats::close_due(&mut ring, &mut page, 1);
    assert_eq!((beats.contest(4_095, 0), beats.register(4_095, 1)), (Ok(()), Ok(())));
    assert_eq!((beats.contest(4_096, 0).err(), beats.register(4_096, 1).err()), (refused, refused));
    let window = page.begin(4_095, 0, 1).unwrap();
    assert_eq!(page.begin(4_096, 0, 1).err(), refused);
    assert_eq!(page.end(4_096, &window).err(), refused);
    assert_eq!(page.set_weight(4_095, 1), Ok(()));
    assert_eq!(page.set_weight(4_096, 1).err(), refused);
    assert_eq!(page.pay_bonus(4_096, 0).err(), refused);
    assert_eq!(page.retire(4_096).err(), refused);
    assert_eq!((page.live[63] >> 63, page.retire(4_095), page.live[63]), (1, Ok(()), 0));
}

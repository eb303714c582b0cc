//! Answers that the TypeScript twins must reproduce: `tests/vectors/*.json` at the repository's
//! root. `PINFI_WRITE_VECTORS=1 cargo test -p pinfi-math --test vectors` rewrites them.

#![allow(clippy::unwrap_used)]

use std::{env, fs, path::PathBuf};

use pinfi_math::{
    beats::{counters, seats, time, uptime, verdict},
    fee, line, pool, share, stream,
};
use serde_json::{json, Value};

const EDGES: [u64; 9] = [0, 1, 2, 9_999, 10_000, 10_001, 1 << 53, u64::MAX - 1, u64::MAX];
const BPS: [u16; 7] = [0, 1, 33, 500, 9_999, 10_000, 65_535];
const TIMES: [i64; 7] = [i64::MIN, -1, 0, 1, 1_767_225_600, 1_767_229_200, i64::MAX];

/// The same values in every run: a 64-bit multiplicative generator.
struct Numbers(u64);

impl Numbers {
    fn amount(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let value = self.0 ^ (self.0 >> 29);
        value >> (value % 64)
    }
    fn edge_or_amount(&mut self) -> u64 {
        match usize::try_from(self.amount() % 20).unwrap() {
            at if at < EDGES.len() => EDGES[at],
            _ => self.amount(),
        }
    }
    fn time(&mut self) -> i64 {
        match usize::try_from(self.amount() % 14).unwrap() {
            at if at < TIMES.len() => TIMES[at],
            _ => 1_767_225_600 + i64::try_from(self.amount() % 10_000_000).unwrap(),
        }
    }
}

/// Integers as decimal strings: JSON numbers would lose those above 2^53.
fn text(value: impl ToString) -> Value {
    Value::String(value.to_string())
}

fn check(name: &str, cases: Vec<Value>) {
    // Below the working directory, which is the package's, not where this was compiled: checkouts
    // may share what is built.
    let path = PathBuf::from("../../tests/vectors").join(format!("{name}.json"));
    let lines: Vec<String> = cases.iter().map(Value::to_string).collect();
    let text = format!("[\n{}\n]\n", lines.join(",\n"));
    if env::var_os("PINFI_WRITE_VECTORS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "{} is out of date: PINFI_WRITE_VECTORS=1 cargo test -p pinfi-math --test vectors",
        path.display()
    );
}

#[test]
fn stream_accrued() {
    let mut numbers = Numbers(1);
    let cases = (0..400).map(|_| {
        let (rate, cap) = (numbers.edge_or_amount(), numbers.edge_or_amount());
        let (from, to) = (numbers.time(), numbers.time());
        let expected = stream::accrued(rate, from, to, cap);
        json!({ "rate": text(rate), "from": text(from), "to": text(to), "cap": text(cap), "expected": text(expected) })
    });
    check("stream-accrued", cases.collect());
}

#[test]
fn stream_dry_up() {
    let mut numbers = Numbers(2);
    let cases = (0..200).map(|_| {
        let (rate, left) = (numbers.edge_or_amount(), numbers.edge_or_amount());
        let expected = stream::seconds_until_dry_up(rate, left).map_or(Value::Null, text);
        json!({ "rate": text(rate), "left": text(left), "expected": expected })
    });
    check("stream-dry-up", cases.collect());
}

#[test]
fn line_accrued_by() {
    let mut numbers = Numbers(3);
    let cases = (0..400).map(|_| {
        let (rate, from, to) = (numbers.edge_or_amount(), numbers.time(), numbers.time());
        let (deposit, accrued, vouched) =
            (numbers.edge_or_amount(), numbers.edge_or_amount(), numbers.edge_or_amount());
        json!({
            "rate": text(rate), "from": text(from), "to": text(to),
            "deposit": text(deposit), "accrued": text(accrued), "vouched": text(vouched),
            "expected": text(line::accrued_by(rate, from..to, deposit, accrued)),
            "earned": text(line::earned(deposit, accrued, vouched)),
        })
    });
    check("line-accrued-by", cases.collect());
}

#[test]
fn fee_between() {
    let mut numbers = Numbers(4);
    let mut cases = Vec::new();
    for bps in BPS {
        for _ in 0..60 {
            let (before, after) = (numbers.edge_or_amount(), numbers.edge_or_amount());
            cases.push(json!({
                "before": text(before), "after": text(after), "bps": bps,
                "fee": text(fee::fee_up(after, bps)),
                "between": text(fee::fee_between_up(before, after, bps)),
            }));
        }
    }
    check("fee-between", cases);
}

#[test]
fn share_between() {
    let mut numbers = Numbers(5);
    let mut cases = Vec::new();
    for bps in BPS {
        for _ in 0..40 {
            let (before, after) = (numbers.edge_or_amount(), numbers.edge_or_amount());
            cases.push(json!({
                "before": text(before), "after": text(after), "bps": bps,
                "share": text(share::share_down(after, bps)),
                "between": text(share::share_between_down(before, after, bps)),
            }));
        }
    }
    check("share-between", cases);
}

#[test]
fn pool_index() {
    let mut numbers = Numbers(6);
    let cases = (0..200).map(|_| {
        let (amount, units) = (numbers.edge_or_amount(), numbers.edge_or_amount().max(1));
        let (carried, held) = (numbers.amount() % units, numbers.edge_or_amount() % units);
        let (step, left) = pool::index_step_down(amount, carried, units);
        let received = pool::received(held, 0, step);
        let whole = received.map(|received| pool::whole_down(received).0);
        json!({
            "amount": text(amount), "carried": text(carried), "units": text(units), "held": text(held),
            "step": text(step), "left": text(left),
            "received": received.map_or(Value::Null, text), "whole": whole.map_or(Value::Null, text),
        })
    });
    check("pool-index", cases.collect());
}

/// One of four values.
fn one_of<T: Copy>(numbers: &mut Numbers, values: [T; 4]) -> T {
    values[usize::try_from(numbers.amount() % 4).unwrap()]
}

fn small<T: TryFrom<u64>>(value: u64) -> T
where
    T::Error: std::fmt::Debug,
{
    T::try_from(value).unwrap()
}

/// A slot near the ends of days, months and epochs, mostly.
fn slot(numbers: &mut Numbers) -> u64 {
    let period = one_of(numbers, [time::DAY, time::EPOCH, time::MONTH, 1]);
    (5_900_000 / period + numbers.amount() % 40) * period + numbers.amount() % 5 - 2
}

#[test]
fn beats_time() {
    let mut numbers = Numbers(7);
    let cases = (0..200).map(|_| {
        let (now, ago) = (numbers.time(), numbers.amount() % 5);
        let running = time::slot_at(now);
        let slot = running.saturating_sub(ago);
        json!({
            "now": text(now), "running": text(running), "slot": text(slot),
            "stage": format!("{:?}", time::stage(slot, running)),
        })
    });
    check("beats-time", cases.collect());
}

#[test]
fn beats_counters() {
    let mut numbers = Numbers(8);
    let cases = (0..200).map(|at| {
        let (name, ring) = [("months", counters::MONTHS), ("days", counters::DAYS)][at % 2];
        let before = slot(&mut numbers);
        let after = before + numbers.amount() % 20_000;
        let window = after - numbers.amount() % 30;
        let begun = ring.begun(before, after);
        let (begin, end, unknown) =
            (numbers.amount() % 40, numbers.amount() % 90, numbers.amount() % 13);
        json!({
            "ring": name, "before": text(before), "after": text(after),
            "first": text(begun.start()), "last": text(begun.end()),
            "period": text(ring.period(before)),
            "absent": text(ring.absent(ring.period(before), after)),
            "window": text(window), "known": text(counters::known_from(window, after)),
            "begin": begin, "end": end, "unknown": unknown,
            "excused": counters::excused(small(begin), small(end), small(unknown)),
        })
    });
    check("beats-counters", cases.collect());
}

#[test]
fn beats_uptime() {
    let mut numbers = Numbers(9);
    let cases = (0..200).map(|_| {
        let (some, more) = (numbers.amount() % 8_641, numbers.amount() % 200);
        let judged = small(one_of(&mut numbers, [7_775, 7_776, 8_640, some]));
        let missed = small(one_of(&mut numbers, [8, 9, more, 8_640 - some]));
        let before = small(numbers.amount() % 65_536);
        json!({
            "judged": judged, "missed": missed, "uptime": before,
            "counts": uptime::counts(judged), "eligible": uptime::is_eligible(missed),
            "folded": uptime::fold_down(before, judged, missed),
        })
    });
    check("beats-uptime", cases.collect());
}

#[test]
fn beats_verdict() {
    let mut numbers = Numbers(10);
    let cases = (0..120).map(|at| {
        let filled = 4 + at % 4;
        let rows: [u64; verdict::SEATS] =
            core::array::from_fn(|seat| if seat < filled { numbers.amount() } else { 0 });
        let down = verdict::majority(rows);
        let word = at * 11 % verdict::WORDS;
        let bitmap = |bits| core::array::from_fn(|i| if i == word { bits } else { u64::MAX });
        json!({
            "word": word, "reports": rows[..filled].iter().map(text).collect::<Vec<_>>(),
            "verdict": text(down), "distance": verdict::distance(&bitmap(rows[0]), &bitmap(down)),
        })
    });
    check("beats-verdict", cases.collect());
}

struct Seat([u8; 32], u64);

impl seats::Candidate for Seat {
    fn operator(&self) -> &[u8; 32] {
        &self.0
    }
    fn stake_up_to(&self) -> u64 {
        self.1
    }
}

#[test]
fn beats_seats() {
    let mut numbers = Numbers(11);
    let cases = (0..100).map(|at| {
        let (mut roster, mut stakes, mut up_to) = (Vec::new(), Vec::new(), 0u64);
        for _ in 0..at % 30 {
            let (operator, stake) = (small(numbers.amount() % 12), numbers.amount() >> 6);
            up_to += stake;
            roster.push(Seat([operator; 32], up_to));
            stakes.push(json!({ "operator": operator, "stake": text(stake) }));
        }
        let mut random = Vec::new();
        let drawn = seats::draw(&roster, || {
            random.push(numbers.edge_or_amount());
            random[random.len() - 1]
        });
        json!({
            "roster": stakes, "random": random.iter().map(text).collect::<Vec<_>>(),
            "seats": drawn.iter().flatten().collect::<Vec<_>>(),
        })
    });
    check("beats-seats", cases.collect());
}

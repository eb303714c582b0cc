//! Answers that the TypeScript twins must reproduce: `tests/vectors/*.json` at the repository's
//! root. `PINFI_WRITE_VECTORS=1 cargo test -p pinfi-math --test vectors` rewrites them.

#![allow(clippy::unwrap_used)]

use std::{env, fs, path::PathBuf};

use pinfi_math::{fee, line, pool, share, stream};
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
            "expected": text(line::accrued_by(rate, from, to, deposit, accrued)),
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

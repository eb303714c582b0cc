//! How values get into functions and out: past the fifth argument, in structs, through pointers.

use std::hint::black_box;

use crate::{mix, mix_wide, wide, Input};

#[inline(never)]
#[allow(clippy::too_many_arguments)]
fn nine(a: u64, b: u32, c: u8, d: u128, e: i16, f: u64, g: [u64; 3], h: i64, i: bool) -> u128 {
    let product = d.wrapping_mul(u128::from(a) + u128::from(b));
    let sum = product.wrapping_add(c.into()).wrapping_sub(i128::from(e) as u128);
    let list = u128::from(g[0]) + u128::from(g[1]) * 3 + u128::from(g[2]) * 7;
    sum ^ u128::from(f) ^ list ^ i128::from(h) as u128 ^ u128::from(i)
}

/// Passes all of its own stack arguments on, so that two such calls overlap.
#[inline(never)]
#[allow(clippy::too_many_arguments)]
fn eight(a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, depth: u64) -> u64 {
    if depth == 0 {
        return [a, b, c, d, e, f, g].into_iter().fold(depth, mix);
    }
    let deeper = eight(b, c, d, e, f, g, a.wrapping_add(depth), depth - 1);
    [a, b, c, d, e, f, g].into_iter().fold(deeper, mix)
}

pub fn many_arguments([a, b, c, d]: Input) -> u64 {
    let wide = nine(
        a,
        b as u32,
        c as u8,
        wide(a, b),
        d as i16,
        a ^ b,
        [b, c, d],
        (a ^ d) as i64,
        a & 1 == 1,
    );
    mix_wide(eight(a, b, c, d, a ^ c, b ^ d, a ^ d, a % 9), wide)
}

#[derive(Clone, Copy)]
struct Big {
    list: [u64; 20],
    wide: u128,
    small: i32,
}

#[inline(never)]
fn changed(by: u64, mut big: Big, c: u64, d: u64, e: u64, f: u64, g: u64) -> Big {
    for (i, x) in big.list.iter_mut().enumerate() {
        *x = x.wrapping_mul(by).wrapping_add(c ^ (i as u64).wrapping_mul(d));
    }
    big.wide = big.wide.wrapping_add(wide(e, f));
    big.small = big.small.wrapping_sub(g as i32);
    big
}

pub fn structs_by_value([a, b, c, d]: Input) -> u64 {
    let list = std::array::from_fn(|i| b.wrapping_add(i as u64));
    let big = Big { list, wide: wide(a, b), small: d as i32 };
    let once = changed(a, big, b, c, d, a ^ c, b ^ d);
    let twice = changed(d, once, a, b, c, once.wide as u64, 5);
    let hash = [big, once, twice].iter().flat_map(|x| x.list).fold(0, mix);
    mix(mix_wide(hash, twice.wide), twice.small as u64)
}

/// A frame of 2 KiB on each level, used on the way down and read again on the way up.
#[inline(never)]
fn descend(level: u64, seed: u64, shared: &mut [u64; 16], p: u64, q: u64, r: u64) -> u64 {
    let mut local = [0u64; 256];
    for (i, x) in local.iter_mut().enumerate() {
        *x = seed.wrapping_mul(i as u64 + 1) ^ shared[i % 16];
    }
    black_box(&mut local);
    shared[(level % 16) as usize] ^= local[(seed % 256) as usize];
    if level == 0 {
        return p ^ q.wrapping_mul(3) ^ r.wrapping_mul(5) ^ local[5];
    }
    let below = descend(level - 1, local[(level % 32) as usize], shared, q, r, p.wrapping_add(1));
    mix(mix(below, local[255]), local[(p % 256) as usize])
}

pub fn recursion([a, b, c, d]: Input) -> u64 {
    let mut shared = [b; 16];
    let hash = descend(a % 20, c, &mut shared, a, b, d);
    shared.into_iter().fold(hash, mix)
}

trait Shape {
    fn area(&self, scale: u64) -> u128;
    fn name(&self) -> String {
        "shape".into()
    }
}

struct Square(u64);

impl Shape for Square {
    fn area(&self, scale: u64) -> u128 {
        u128::from(self.0).pow(2).wrapping_mul(scale.into())
    }
}

struct Rectangle(u64, u64);

impl Shape for Rectangle {
    fn area(&self, scale: u64) -> u128 {
        u128::from(self.0) * u128::from(self.1) / (u128::from(scale) + 1)
    }
    fn name(&self) -> String {
        format!("rectangle {}", self.1)
    }
}

pub fn trait_objects([a, b, c, d]: Input) -> u64 {
    let shapes: Vec<Box<dyn Shape>> =
        vec![Box::new(Square(a)), Box::new(Rectangle(b, c)), Box::new(Square(d))];
    shapes
        .iter()
        .fold(0, |hash, shape| mix_wide(mix(hash, shape.name().len() as u64), shape.area(d >> 3)))
}

#[derive(Clone, Debug)]
enum Message {
    Empty,
    Number(u64),
    Pair { wide: u128, maybe: Option<i64> },
    Bytes(Vec<u8>),
}

#[inline(never)]
fn weigh(message: Message) -> Result<u64, Option<u8>> {
    match message {
        Message::Empty => Err(None),
        Message::Number(x) if x % 3 == 0 => Err(Some(x as u8)),
        Message::Number(x) => Ok(x),
        Message::Pair { wide, maybe } => Ok(mix_wide(maybe.unwrap_or(-7) as u64, wide)),
        Message::Bytes(bytes) => Ok(bytes.into_iter().fold(3, |hash, byte| mix(hash, byte.into()))),
    }
}

pub fn enums([a, b, c, d]: Input) -> u64 {
    let maybe = (a & 1 == 1).then_some(b as i64);
    let messages = [
        Message::Empty,
        Message::Number(a),
        Message::Pair { wide: wide(c, d), maybe },
        Message::Bytes(a.to_le_bytes().to_vec()),
    ];
    messages.into_iter().fold(0, |hash, message| {
        let text = format!("{message:?}").len() as u64;
        let weight = weigh(message.clone()).unwrap_or_else(|error| error.map_or(11, u64::from));
        mix(mix(hash, text), weight)
    })
}

type Seven = Box<dyn Fn(u64, u64, u64, u64, u64, u64, u64) -> u64>;

pub fn closures([a, b, c, d]: Input) -> u64 {
    let made: Vec<Seven> = vec![
        Box::new(move |p, q, r, s, t, u, v| {
            mix(p ^ a, q) ^ r.wrapping_mul(s) ^ t.wrapping_sub(u) ^ v
        }),
        Box::new(move |p, q, r, s, t, u, v| {
            p.wrapping_add(q).wrapping_mul(r ^ b) ^ s ^ (t | u) ^ v.wrapping_mul(c)
        }),
    ];
    let mut calls = 0;
    let mut count = |x: u64| {
        calls += 1;
        x.wrapping_mul(calls)
    };
    let hash =
        made.iter().fold(d, |hash, call| mix(hash, count(call(a, b, c, d, a ^ b, b ^ c, c ^ d))));
    mix(hash, calls)
}

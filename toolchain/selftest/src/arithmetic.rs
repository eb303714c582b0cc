//! Integers of all widths, signed and unsigned, and floating point.

use crate::{mix, mix_wide, wide, Input};

pub fn unsigned_wide([a, b, c, d]: Input) -> u64 {
    let n = wide(a, b);
    let by_wide = wide(c, d) | 1;
    let by_narrow = u128::from(d) | 1;
    [
        n / by_wide,
        n % by_wide,
        n / by_narrow,
        n % by_narrow,
        n.wrapping_mul(by_wide),
        n.wrapping_add(by_wide).wrapping_sub(by_narrow),
        n >> (d % 128),
        n << (c % 128),
        n.rotate_left((c % 128) as u32),
    ]
    .into_iter()
    .fold(0, mix_wide)
}

pub fn signed_wide([a, b, c, d]: Input) -> u64 {
    let n = wide(a, b) as i128;
    let by_wide = wide(c, d | 1) as i128;
    let by_narrow = i128::from(d as i64 | 1);
    [
        n.wrapping_div(by_wide),
        n.wrapping_rem(by_wide),
        n.wrapping_div(by_narrow),
        n.wrapping_rem(by_narrow),
        n.wrapping_mul(by_wide),
        n >> (d % 128),
        n.wrapping_neg().wrapping_abs(),
        i128::from(n < by_wide),
    ]
    .into_iter()
    .fold(0, |hash, x| mix_wide(hash, x as u128))
}

pub fn signed_division([a, b, c, d]: Input) -> u64 {
    let (n, by) = (a as i64, b as i64 | 1);
    let longs = [
        n.wrapping_div(by),
        n.wrapping_rem(by),
        n / 7,
        n % 7,
        n / -8,
        n % 1000,
        n.div_euclid(3),
        n.rem_euclid(5),
    ];
    let (m, by) = (c as i32, d as i32 | 1);
    let ints = [m.wrapping_div(by), m.wrapping_rem(by), m / 10, m % -16];
    let (s, by) = (c as i16, (d >> 9) as i16 | 1);
    let shorts = [s.wrapping_div(by), s.wrapping_rem(by)];
    let (t, by) = (a as i8, (b >> 3) as i8 | 1);
    let bytes = [t.wrapping_div(by), t.wrapping_rem(by)];
    let hash = longs.into_iter().fold(0, |hash, x| mix(hash, x as u64));
    let hash = ints.into_iter().fold(hash, |hash, x| mix(hash, x as u64));
    let hash = shorts.into_iter().fold(hash, |hash, x| mix(hash, x as u64));
    bytes.into_iter().fold(hash, |hash, x| mix(hash, x as u64))
}

/// As fees and shares are computed: through 128 bits and back.
pub fn mul_div([a, b, c, d]: Input) -> u64 {
    let by = u128::from(c.max(1));
    let down = u128::from(a) * u128::from(b) / by;
    let up = (u128::from(a) * u128::from(b)).div_ceil(by);
    let fee = u128::from(d) * 250 / 10_000;
    let fits = u64::try_from(down).unwrap_or(u64::MAX);
    mix(mix_wide(mix_wide(mix_wide(0, down), up), fee), fits)
}

pub fn checked([a, b, c, d]: Input) -> u64 {
    let (n, m) = (wide(a, b), wide(c, d));
    let narrow = [
        a.checked_mul(b).unwrap_or(1),
        a.checked_add(c).unwrap_or(2),
        a.checked_sub(d).unwrap_or(3),
        a.saturating_mul(b),
        (a as i64).checked_mul(b as i64).unwrap_or(4) as u64,
        (a as i64).saturating_add(b as i64) as u64,
        (a as u32).wrapping_mul(b as u32).into(),
        (a as i32).overflowing_mul(b as i32).0 as u64,
        a.checked_pow((b % 9) as u32).unwrap_or(5),
        c.isqrt(),
    ];
    let broad = [
        n.checked_mul(m).unwrap_or(6),
        n.checked_add(m).unwrap_or(7),
        n.saturating_sub(m),
        (n as i128).checked_mul(m as i128).unwrap_or(8) as u128,
        (n as i128).saturating_add(m as i128) as u128,
    ];
    broad.into_iter().fold(narrow.into_iter().fold(0, mix), mix_wide)
}

pub fn casts([a, b, c, d]: Input) -> u64 {
    [
        a as i8 as i64 as u64,
        b as i16 as i32 as u64,
        (c as u32).leading_zeros().into(),
        d.trailing_zeros().into(),
        (a as i32 >> (b % 32)) as u64,
        (a as i64 >> (c % 64)) as u64,
        (b as u32).wrapping_shr(c as u32).into(),
        a.count_ones().into(),
        wide(a, b).leading_zeros().into(),
        a.swap_bytes(),
        u64::from((b as u16).to_be()) ^ u64::from((c as u32).to_be()),
        a.reverse_bits(),
        u64::from(a as u8 as char as u32),
        u64::from(u8::try_from(c).unwrap_or(9)),
        i64::try_from(d).unwrap_or(-1) as u64,
        u64::from(b > c) << 1 | u64::from((b as i64) < c as i64),
    ]
    .into_iter()
    .fold(0, mix)
}

pub fn floats([a, b, c, d]: Input) -> u64 {
    let x = a as f64 / 3.0 + root(b as f64);
    let y = x * 1.5 - c as f64;
    let z = (d as i64) as f64 / (y + 0.25);
    let bits =
        [x, y, z, -z, x.max(y), z.abs()].into_iter().fold(0, |hash, f| mix(hash, to_bits(f)));
    let whole = [y as u64, z as i64 as u64, x as u32 as u64, f64::from_bits(a) as i64 as u64];
    let order = u64::from(x > y)
        | u64::from(y <= z) << 1
        | u64::from(x == z) << 2
        | u64::from(z.is_nan()) << 3;
    mix(whole.into_iter().fold(bits, mix), order)
}

/// Newton's method; `f64::sqrt` is an instruction natively and absent in SBF.
fn root(x: f64) -> f64 {
    let start = if x > 1.0 { x / 2.0 } else { 1.0 };
    (0..20).fold(start, |guess, _| (guess + x / guess) / 2.0)
}

/// The payload of a NaN is the processor's own affair.
fn to_bits(x: f64) -> u64 {
    if x.is_nan() {
        1
    } else {
        x.to_bits()
    }
}

//! A 128-bit integer as two halves.
#![cfg_attr(not(any(test, target_arch = "bpf")), allow(dead_code))]

use core::num::NonZeroU64;

const HALF: u64 = 0xffff_ffff;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wide {
    pub low: u64,
    pub high: u64,
}

/// Quotient and remainder. The compiler checks every divisor before it calls in here.
fn div_rem(n: u64, d: u64) -> (u64, u64) {
    debug_assert!(d != 0);
    // SAFETY: as above; a NonZeroU64 keeps the check, and the panic it calls, out of this crate.
    let d = unsafe { NonZeroU64::new_unchecked(d) };
    (n / d, n % d)
}

/// The 128-bit product of two 64-bit numbers, by the four products of their halves.
fn product(a: u64, b: u64) -> Wide {
    let (a0, a1, b0, b1) = (a & HALF, a >> 32, b & HALF, b >> 32);
    let low = a0 * b0;
    let middle = (a1 * b0).wrapping_add(low >> 32);
    let crossed = (a0 * b1).wrapping_add(middle & HALF);
    Wide {
        low: (crossed << 32) | (low & HALF),
        high: (a1 * b1).wrapping_add(middle >> 32).wrapping_add(crossed >> 32),
    }
}

/// One digit of 32 bits of a long division: `(rest * 2^32 + next) / d`, where `rest < d` and `d` has
/// its top bit set. Knuth's algorithm D: guess from the upper half of `d`, then correct.
fn digit(rest: u64, next: u64, d: u64) -> (u64, u64) {
    let (d1, d0) = (d >> 32, d & HALF);
    let (mut guess, mut left) = div_rem(rest, d1);
    while guess > HALF || guess.wrapping_mul(d0) > ((left << 32) | next) {
        guess = guess.wrapping_sub(1);
        left = left.wrapping_add(d1);
        if left > HALF {
            break;
        }
    }
    let rest = (rest << 32).wrapping_add(next).wrapping_sub(guess.wrapping_mul(d));
    (guess, rest)
}

/// `(high * 2^64 + low) / d`, where `high < d`, so that the quotient fits 64 bits.
fn narrow(high: u64, low: u64, d: u64) -> (u64, u64) {
    if d <= HALF {
        let (q1, r) = div_rem((high << 32) | (low >> 32), d);
        let (q0, r) = div_rem((r << 32) | (low & HALF), d);
        return ((q1 << 32) | q0, r);
    }
    let shift = d.leading_zeros();
    let n = Wide { low, high }.shifted_left(shift);
    let d = d << shift;
    let (q1, r) = digit(n.high, n.low >> 32, d);
    let (q0, r) = digit(r, n.low & HALF, d);
    ((q1 << 32) | q0, r >> shift)
}

impl Wide {
    fn shifted_left(self, by: u32) -> Self {
        if by == 0 {
            return self;
        }
        Self { low: self.low << by, high: (self.high << by) | (self.low >> (64 - by)) }
    }

    fn minus(self, other: Self) -> Self {
        let borrow = u64::from(self.low < other.low);
        Self {
            low: self.low.wrapping_sub(other.low),
            high: self.high.wrapping_sub(other.high).wrapping_sub(borrow),
        }
    }

    fn is_less(self, other: Self) -> bool {
        self.high < other.high || (self.high == other.high && self.low < other.low)
    }

    fn is_negative(self) -> bool {
        self.high >> 63 != 0
    }

    fn negated_if(self, yes: bool) -> Self {
        if yes {
            Self { low: 0, high: 0 }.minus(self)
        } else {
            self
        }
    }

    /// The lower 128 bits of the product; the same for signed and unsigned numbers.
    pub fn times(self, other: Self) -> Self {
        let Self { low, high } = product(self.low, other.low);
        let crossed =
            self.low.wrapping_mul(other.high).wrapping_add(self.high.wrapping_mul(other.low));
        Self { low, high: high.wrapping_add(crossed) }
    }

    /// Quotient and remainder, unsigned.
    pub fn divided_by(self, d: Self) -> (Self, Self) {
        if d.high == 0 {
            if self.high == 0 {
                let (q, r) = div_rem(self.low, d.low);
                return (Self { low: q, high: 0 }, Self { low: r, high: 0 });
            }
            let (high, rest) = div_rem(self.high, d.low);
            let (low, r) = narrow(rest, self.low, d.low);
            return (Self { low, high }, Self { low: r, high: 0 });
        }
        // The quotient fits 64 bits. Guess it from the upper 64 bits of the divisor; the guess less
        // one is at most one too small (Hacker's Delight, 9-5).
        let shift = d.high.leading_zeros();
        let upper = d.shifted_left(shift).high;
        let (guess, _) = narrow(self.high >> 1, (self.high << 63) | (self.low >> 1), upper);
        let guess = (guess >> (63 - shift)).saturating_sub(1);
        let rest = self.minus(d.times(Self { low: guess, high: 0 }));
        if rest.is_less(d) {
            (Self { low: guess, high: 0 }, rest)
        } else {
            (Self { low: guess.wrapping_add(1), high: 0 }, rest.minus(d))
        }
    }

    /// Quotient and remainder, signed: rounds towards zero, the remainder has the dividend's sign.
    pub fn signed_divided_by(self, d: Self) -> (Self, Self) {
        let magnitude = |x: Self| x.negated_if(x.is_negative());
        let (q, r) = magnitude(self).divided_by(magnitude(d));
        (q.negated_if(self.is_negative() != d.is_negative()), r.negated_if(self.is_negative()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(x: u128) -> Wide {
        Wide { low: x as u64, high: (x >> 64) as u64 }
    }

    fn same_as_u128(a: u128, b: u128) {
        assert_eq!(wide(a).times(wide(b)), wide(a.wrapping_mul(b)), "{a} * {b}");
        if b == 0 {
            return;
        }
        assert_eq!(wide(a).divided_by(wide(b)), (wide(a / b), wide(a % b)), "{a} / {b}");
        let (c, d) = (a as i128, b as i128);
        let (q, r) = (c.wrapping_div(d) as u128, c.wrapping_rem(d) as u128);
        assert_eq!(wide(a).signed_divided_by(wide(b)), (wide(q), wide(r)), "{c} / {d}");
    }

    #[test]
    fn edges() {
        let around = |x: u128| [x.wrapping_sub(1), x, x.wrapping_add(1)];
        let edges: Vec<u128> = (0..128).flat_map(|bit| around(1 << bit)).collect();
        for a in &edges {
            for b in &edges {
                same_as_u128(*a, *b);
                same_as_u128(a.wrapping_neg(), *b);
                same_as_u128(*a, b.wrapping_neg());
            }
        }
    }

    #[test]
    fn random() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u128;
        let mut next = || {
            state =
                state.wrapping_mul(0xda94_2042_e4dd_58b5_9e37_79b9_7f4a_7c15).rotate_left(41) + 1;
            state >> (state % 128)
        };
        for _ in 0..500_000 {
            same_as_u128(next(), next());
        }
    }
}

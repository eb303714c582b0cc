//! Drawing who reports on a page: by stake, no operator twice.

use super::verdict::SEATS;

/// Draws before seats that are left empty go to the first in the roster that have none.
const TRIES: usize = 64;

/// One that may be drawn. A roster's stakes are running sums, so that a draw is a binary search.
pub trait Candidate {
    /// Who runs it: of one operator's candidates at most one is drawn.
    fn operator(&self) -> &[u8; 32];
    /// The stake of this one and all before it, in base units.
    fn stake_up_to(&self) -> u64;
}

/// Positions in the roster of those drawn, in the order of their drawing; `None` behind them where
/// fewer operators than seats have stake.
///
/// Each try takes one number of `random`, uniform in u64: at most 64. With one operator's stake far
/// above all others', the tries can leave seats empty; these are given in the roster's order.
pub fn draw<C: Candidate>(roster: &[C], mut random: impl FnMut() -> u64) -> [Option<u8>; SEATS] {
    let mut seats = Seats { roster, taken: [None; SEATS], free: 0 };
    let total = roster.last().map_or(0, C::stake_up_to);
    for _ in 0..TRIES {
        if seats.free == SEATS {
            break;
        }
        let point = below(total, random());
        seats.offer(roster.partition_point(|candidate| candidate.stake_up_to() <= point));
    }
    let mut before = 0;
    for (position, candidate) in roster.iter().enumerate() {
        let up_to = candidate.stake_up_to();
        if up_to > before {
            seats.offer(position);
        }
        before = up_to;
    }
    seats.taken
}

/// A number below `total`, from one uniform in u64; off by `total` parts in 2^64 at most.
fn below(total: u64, random: u64) -> u64 {
    let product = u128::from(total).wrapping_mul(u128::from(random));
    u64::try_from(product >> 64).unwrap_or(u64::MAX)
}

struct Seats<'a, C> {
    roster: &'a [C],
    taken: [Option<u8>; SEATS],
    free: usize,
}

impl<C: Candidate> Seats<'_, C> {
    /// Gives the next seat to the candidate at `position`, if one is free and its operator has none.
    fn offer(&mut self, position: usize) {
        let (Some(candidate), Ok(index)) = (self.roster.get(position), u8::try_from(position))
        else {
            return;
        };
        let operator = candidate.operator();
        let has_seat = self.taken.iter().flatten().any(|other| {
            self.roster.get(usize::from(*other)).is_some_and(|other| other.operator() == operator)
        });
        if let (false, Some(seat)) = (has_seat, self.taken.get_mut(self.free)) {
            *seat = Some(index);
            self.free = self.free.saturating_add(1);
        }
    }
}

use bytemuck::{Pod, Zeroable};
use pinfi_math::beats::{
    seats::{draw, Candidate},
    verdict::SEATS,
};
use solana_sha256_hasher::hashv;

use crate::{Drawn, Fault};

/// Most validators that seats are drawn from.
pub const ROSTER: usize = 128;

/// A validator that may be drawn.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Entry {
    pub vault: [u8; 32],
    /// Who runs it: an operator has one seat of a page at most.
    pub operator: [u8; 32],
    /// Key that files its reports.
    pub reporter: [u8; 32],
    /// Stake of this one and all before it, in base units.
    pub stake_up_to: u64,
}

impl Candidate for Entry {
    fn operator(&self) -> &[u8; 32] {
        &self.operator
    }
    fn stake_up_to(&self) -> u64 {
        self.stake_up_to
    }
}

/// What the program that keeps the stakes says of a validator.
#[derive(Clone, Copy, Debug)]
pub struct Staked {
    pub vault: [u8; 32],
    pub operator: [u8; 32],
    pub reporter: [u8; 32],
    /// Base units.
    pub stake: u64,
}

/// Validators by stake, and the number that decides about an epoch's seats.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Roster {
    /// The epoch that `seed` is for.
    pub epoch: u64,
    pub seed: [u8; 32],
    /// How many of the entries are in use.
    pub len: u64,
    pub entries: [Entry; ROSTER],
}

impl Roster {
    /// Writes the roster anew; it stays as it was where it is refused.
    pub fn write(&mut self, staked: &[Staked]) -> Result<(), Fault> {
        let total = staked.iter().try_fold(0u64, |total, one| total.checked_add(one.stake));
        if staked.len() > ROSTER || total.is_none() {
            return Err(Fault::RosterTooLarge);
        }
        let mut stake_up_to = 0;
        self.entries = [Zeroable::zeroed(); ROSTER];
        for (entry, Staked { vault, operator, reporter, stake }) in
            self.entries.iter_mut().zip(staked.iter().copied())
        {
            stake_up_to += stake;
            *entry = Entry { vault, operator, reporter, stake_up_to };
        }
        self.len = staked.len() as u64;
        Ok(())
    }

    /// Those who report on `page` in `epoch`, the same whoever asks and when,
    /// as long as the roster is not written anew.
    pub fn draw(&self, epoch: u64, page: u64) -> Result<[Option<Drawn>; SEATS], Fault> {
        if epoch != self.epoch {
            return Err(Fault::WrongEpoch);
        }
        let entries = &self.entries[..usize::try_from(self.len).unwrap_or(0)];
        let mut numbers = Numbers { seed: &self.seed, page, block: 0, left: [0; 4], at: 4 };
        let seats = draw(entries, || numbers.next());
        Ok(seats.map(|seat| {
            let entry = &entries[usize::from(seat?)];
            Some(Drawn { vault: entry.vault, reporter: entry.reporter })
        }))
    }
}

/// Numbers uniform in u64: SHA-256 of seed, page and a count, four at a time.
struct Numbers<'a> {
    seed: &'a [u8; 32],
    page: u64,
    block: u64,
    left: [u64; 4],
    at: usize,
}

impl Numbers<'_> {
    fn next(&mut self) -> u64 {
        if self.at == self.left.len() {
            let parts = [&self.seed[..], &self.page.to_le_bytes(), &self.block.to_le_bytes()];
            self.left = bytemuck::cast(hashv(&parts).to_bytes());
            self.block += 1;
            self.at = 0;
        }
        self.at += 1;
        self.left[self.at - 1]
    }
}

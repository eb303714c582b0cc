use anchor_lang::prelude::*;
use pinfi_math::pool;

use crate::errors::{require, require_gt, StreamsError};

/// One owner's money in one mint, shared among members by units.
///
/// Distributing costs the same for ten members and for a million. Whatever reaches the vault while
/// somebody has units is the members', however it came there; what comes while nobody has any is the
/// owner's. Always: `claimed <= distributed`, the vault holds at least the difference, and what all
/// members are owed together does not exceed it.
#[account]
#[derive(InitSpace)]
pub struct Pool {
    /// Sets units, distributes and closes; gets rents back.
    pub owner: Pubkey,
    /// Mint of every amount, in base units.
    pub mint: Pubkey,
    /// The pool's associated token account.
    pub vault: Pubkey,
    /// Base units that one unit of membership has ever received, times 2^64.
    pub index: u128,
    /// Units of all members.
    pub total_units: u64,
    /// What the last division left, in base units times 2^64, below the units it was made with.
    pub carried: u64,
    /// Ever shared.
    pub distributed: u64,
    /// Ever paid to members.
    pub claimed: u64,
    /// In the vault since a time when nobody had units: the owner's, who may distribute it.
    pub unshared: u64,
    /// Members whose account is open.
    pub members: u32,
    /// Tells apart the pools of one owner and mint.
    pub id: u16,
    pub bump: u8,
}

impl Pool {
    pub const SEED: &'static [u8] = b"pool";

    /// Shares among all units what of the `vault`'s base units came in since they were held, and
    /// returns how much that is. While nobody has units it is set aside for the owner, not for whoever
    /// is the first to get some.
    ///
    /// What comes past `distribute`, such as the payments of a line whose payee is the pool, would
    /// otherwise be left for the owner.
    pub fn share(&mut self, vault: u64) -> Result<u64> {
        let unowed = vault.saturating_sub(self.distributed - self.claimed);
        if self.total_units == 0 {
            self.unshared = unowed;
            return Ok(0);
        }
        // No more than the running total can hold: what members are owed must stay within their reach.
        let room = u64::MAX - self.distributed;
        let amount = unowed.saturating_sub(self.unshared).min(room);
        if amount == 0 {
            return Ok(0);
        }
        self.distributed += amount;
        let (step, carried) = pool::index_step_down(amount, self.carried, self.total_units);
        self.index = self.index.checked_add(step).ok_or(StreamsError::MathOverflow)?;
        self.carried = carried;
        self.invariant()?;
        Ok(amount)
    }

    /// Gives to all units, at the next sharing, what came in while there were none.
    pub fn offer_unshared(&mut self) {
        self.unshared = 0;
    }

    /// Changes a member's units. What came before is shared by the units held then: the caller has
    /// shared it.
    pub fn set_units(&mut self, member: &mut Member, units: u64) -> Result<()> {
        member.settle(self.index)?;
        self.total_units = (self.total_units - member.units)
            .checked_add(units)
            .ok_or(StreamsError::MathOverflow)?;
        member.units = units;
        self.invariant()
    }

    /// Books everything a member can have as paid and returns it.
    pub fn claim(&mut self, member: &mut Member) -> Result<u64> {
        member.settle(self.index)?;
        let (amount, rest) = pool::whole_down(member.owed);
        require_gt!(amount, 0, StreamsError::NothingToClaim);
        member.owed = rest;
        member.claimed += amount;
        self.claimed += amount;
        self.invariant()?;
        Ok(amount)
    }

    fn invariant(&self) -> Result<()> {
        require!(self.claimed <= self.distributed, StreamsError::BrokenInvariant);
        Ok(())
    }
}

/// One member's part of a pool.
#[account]
#[derive(InitSpace)]
pub struct Member {
    pub pool: Pubkey,
    /// Earns.
    pub who: Pubkey,
    pub units: u64,
    /// The pool's index up to which `owed` is current.
    pub index: u128,
    /// Received and not yet paid, in base units times 2^64: fractions are kept, so that it makes no
    /// difference how often it is brought up to date.
    pub owed: u128,
    /// Ever paid, in base units.
    pub claimed: u64,
    pub bump: u8,
}

impl Member {
    pub const SEED: &'static [u8] = b"member";

    /// Brings `owed` up to the pool's `index`.
    fn settle(&mut self, index: u128) -> Result<()> {
        let received =
            pool::received(self.units, self.index, index).ok_or(StreamsError::MathOverflow)?;
        self.owed = self.owed.checked_add(received).ok_or(StreamsError::MathOverflow)?;
        self.index = index;
        Ok(())
    }

    /// Whether nothing but a fraction of a base unit is left of it.
    pub fn is_over(&self) -> bool {
        self.units == 0 && pool::whole_down(self.owed).0 == 0
    }
}

/// What a pool signs with.
pub struct PoolSeeds {
    owner: Pubkey,
    mint: Pubkey,
    id: [u8; 2],
    bump: [u8; 1],
}

impl PoolSeeds {
    pub fn of(pool: &Pool) -> Self {
        Self { owner: pool.owner, mint: pool.mint, id: pool.id.to_le_bytes(), bump: [pool.bump] }
    }

    pub fn as_slices(&self) -> [&[u8]; 5] {
        [Pool::SEED, self.owner.as_ref(), self.mint.as_ref(), &self.id, &self.bump]
    }
}

//! Pools by themselves: what reaches the vault is shared, as far as the running total can count.

#![allow(clippy::unwrap_used)]

use anchor_lang::prelude::Pubkey;
use streams::state::Pool;

const NOBODY: Pubkey = Pubkey::new_from_array([0; 32]);

fn pool(distributed: u64, claimed: u64) -> Pool {
    Pool {
        owner: NOBODY,
        mint: NOBODY,
        vault: NOBODY,
        index: 0,
        total_units: 2,
        carried: 0,
        distributed,
        claimed,
        members: 1,
        id: 0,
        bump: 255,
    }
}

/// Sent round and round through the vault, tokens could bring the running total to its end: what
/// members are owed must stay within their reach then (B05).
#[test]
fn sharing_ends_with_the_running_total_and_refuses_nobody() {
    let mut pool = pool(u64::MAX - 10, u64::MAX - 10);
    assert_eq!(pool.share(25).unwrap(), 10);
    assert_eq!(pool.distributed, u64::MAX);
    assert_eq!(pool.share(25).unwrap(), 0);
    assert_eq!(pool.share(1_000).unwrap(), 0);
}

#[test]
fn below_its_end_all_of_the_surplus_is_shared() {
    let mut pool = pool(u64::MAX - 10, u64::MAX - 15);
    assert_eq!(pool.share(5 + 10).unwrap(), 10);
    assert_eq!(pool.distributed, u64::MAX);
    let index = pool.index;
    assert_eq!(pool.share(15).unwrap(), 0);
    assert_eq!(pool.index, index);
}

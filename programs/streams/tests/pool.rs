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
        unshared: 0,
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

/// What came in while nobody had units stays apart until the owner offers it, whoever has units next.
#[test]
fn what_came_before_units_is_set_aside() {
    let mut pool = Pool { total_units: 0, ..pool(20, 15) };
    assert_eq!(pool.share(5 + 7).unwrap(), 0);
    assert_eq!((pool.unshared, pool.distributed), (7, 20));
    assert_eq!(pool.share(5 + 9).unwrap(), 0);
    assert_eq!(pool.unshared, 9);
    pool.total_units = 2;
    assert_eq!(pool.share(5 + 9).unwrap(), 0);
    assert_eq!(pool.share(5 + 9 + 1).unwrap(), 1);
    assert_eq!((pool.unshared, pool.distributed), (9, 21));
    pool.offer_unshared();
    assert_eq!(pool.share(5 + 9 + 1).unwrap(), 9);
    assert_eq!((pool.unshared, pool.distributed), (0, 30));
}

#[test]
fn a_share_of_nothing_leaves_what_is_carried() {
    let mut pool = Pool { carried: 5, ..pool(20, 15) };
    assert_eq!(pool.share(5).unwrap(), 0);
    assert_eq!((pool.index, pool.carried), (0, 5));
}

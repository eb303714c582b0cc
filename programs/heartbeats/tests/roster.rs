//! Seats drawn from a roster: by a plain computation of the same numbers, and by what chance gives.

#![allow(clippy::unwrap_used, clippy::cast_possible_truncation)]

use pinfi_heartbeats::{Fault, Roster, Staked, ROSTER};
use solana_sha256_hasher::hashv;

fn staked(at: u8, operator: u8, stake: u64) -> Staked {
    Staked { vault: [at; 32], operator: [operator; 32], reporter: [!at; 32], stake }
}

fn roster(of: &[Staked], seed: u64) -> Box<Roster> {
    let mut roster: Box<Roster> = bytemuck::zeroed_box();
    roster.write(of).unwrap();
    roster.epoch = 5;
    roster.seed = hashv(&[&seed.to_le_bytes()]).to_bytes();
    roster
}

/// The rule said again: four numbers a hash, one stake after the other taken off the point.
fn plainly(of: &[Staked], seed: &[u8; 32], page: u64) -> Vec<[u8; 32]> {
    let numbers = (0..16u64).flat_map(|block| {
        let hash = hashv(&[seed, &page.to_le_bytes(), &block.to_le_bytes()]).to_bytes();
        [0, 8, 16, 24].map(|at| u64::from_le_bytes(hash[at..at + 8].try_into().unwrap()))
    });
    let total: u128 = of.iter().map(|one| u128::from(one.stake)).sum();
    let mut seats: Vec<&Staked> = Vec::new();
    let drawn = numbers.map(|number| {
        let mut point = (u128::from(number) * total) >> 64;
        of.iter().find(|one| {
            let hit = point < u128::from(one.stake);
            point = point.saturating_sub(u128::from(one.stake));
            hit
        })
    });
    for one in drawn.flatten().chain(of.iter().filter(|one| one.stake > 0)) {
        if seats.len() < 7 && seats.iter().all(|other| other.operator != one.operator) {
            seats.push(one);
        }
    }
    seats.iter().map(|one| one.vault).collect()
}

#[test]
fn seats_are_those_of_the_plain_rule() {
    for seed in 0..300u64 {
        let of: Vec<Staked> = (0..seed as u8 % 128)
            .map(|at| staked(at, at / (1 + seed as u8 % 5), (seed * 7 + u64::from(at) * 13) % 101))
            .collect();
        let roster = roster(&of, seed);
        for page in [0, 1, 24] {
            let drawn = roster.draw(5, page).unwrap();
            let vaults: Vec<[u8; 32]> = drawn.iter().flatten().map(|seat| seat.vault).collect();
            assert_eq!(vaults, plainly(&of, &roster.seed, page));
            assert!(drawn.iter().flatten().all(|seat| seat.reporter[0] == !seat.vault[0]));
        }
        assert_eq!(roster.draw(4, 0), Err(Fault::WrongEpoch));
        assert_eq!(roster.draw(6, 0), Err(Fault::WrongEpoch));
    }
}

#[test]
fn a_roster_that_is_too_large_changes_nothing() {
    let full: Vec<Staked> = (0..128).map(|at| staked(at, at, 3)).collect();
    let mut roster = roster(&full, 1);
    let before = *roster;
    let more: Vec<Staked> = (0..129).map(|at| staked(at, at, 1)).collect();
    assert_eq!(more.len(), ROSTER + 1);
    assert_eq!(roster.write(&more), Err(Fault::RosterTooLarge));
    let heavy = [staked(1, 1, u64::MAX), staked(2, 2, 1)];
    assert_eq!(roster.write(&heavy), Err(Fault::RosterTooLarge));
    assert_eq!(bytemuck::bytes_of(&*roster), bytemuck::bytes_of(&before));
    roster.write(&[staked(1, 1, u64::MAX - 1), staked(2, 2, 1)]).unwrap();
    assert_eq!(roster.len, 2);
    assert_eq!(roster.draw(5, 0).unwrap().iter().flatten().count(), 2);
}

/// How often operators who collude hold four of seven seats, by the stake they have: what the draw
/// does not prevent. The figures are those of an independent simulation.
#[test]
fn who_collude_hold_four_seats_as_often_as_chance_says() {
    for (colluding, low, high) in
        [(13, 0.0, 0.6), (26, 1.8, 4.6), (43, 14.5, 20.5), (58, 36.0, 43.5)]
    {
        let of: Vec<Staked> = (0..128).map(|at| staked(at, at, 1_000_000)).collect();
        let roster = roster(&of, 2);
        let draws = 4_000;
        let hits = (0..draws)
            .filter(|page| {
                let seats = roster.draw(5, *page).unwrap();
                seats.iter().flatten().filter(|seat| seat.vault[0] < colluding).count() >= 4
            })
            .count();
        let percent = hits as f64 * 100.0 / draws as f64;
        assert!((low..high).contains(&percent), "{colluding} of 128: {percent} %");
    }
}

//! Sorting, searching, and both kinds of map.

use std::collections::{BTreeMap, HashMap};

use crate::{mix, mix_wide, wide, Input};

pub fn sorting([a, b, c, _]: Input) -> u64 {
    let numbers: Vec<u64> = (0..90).map(|i| mix(a, i) % 1_000).collect();
    let mut unstable = numbers.clone();
    unstable.sort_unstable();
    unstable.dedup();
    let place = unstable.binary_search(&(b % 1_000)).unwrap_or_else(|at| at + 100);

    let mut stable: Vec<(u16, u16)> =
        numbers.iter().zip(0..).map(|(x, i)| ((x % 10) as u16, i)).collect();
    stable.sort_by_key(|pair| pair.0);
    let half = stable.partition_point(|pair| u64::from(pair.0) < c % 10);

    let hash = unstable.into_iter().fold(place as u64, mix);
    stable
        .into_iter()
        .fold(mix(hash, half as u64), |hash, (x, i)| mix(hash, u64::from(x) << 16 | u64::from(i)))
}

pub fn tree_maps([a, b, c, d]: Input) -> u64 {
    let mut map = BTreeMap::new();
    for i in 0..30u64 {
        *map.entry(mix(a, i) % 17).or_insert(0u128) ^= wide(b, c) / (u128::from(i) + 1);
    }
    map.remove(&(d % 17));
    let from = map.range(d % 17..).next().map_or(99, |(key, _)| *key);
    map.iter().fold(from, |hash, (key, value)| mix_wide(mix(hash, *key), *value))
}

/// The order of a hash map is nobody's business: the sum over its entries has none.
pub fn hash_maps([a, b, c, d]: Input) -> u64 {
    let mut map: HashMap<u64, Vec<u64>> = HashMap::new();
    for i in 0..25u64 {
        map.entry(mix(a, i) % 11).or_default().push(b ^ i);
    }
    map.remove(&(c % 11));
    map.entry(d % 11).and_modify(|list| list.push(7)).or_insert_with(|| vec![d]);
    map.iter().fold(map.len() as u64, |sum, (key, list)| {
        sum.wrapping_add(list.iter().fold(*key, |hash, x| mix(hash, *x)))
    })
}

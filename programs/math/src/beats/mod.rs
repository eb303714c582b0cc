//! Heartbeats: seven seats say every five minutes which of a page's 4,096 nodes are down.
//!
//! A report is a bitmap, one bit a node, set for *down*. It is filed as a hash in the slot after
//! the one it speaks of, opened (the bitmap and a random key) in the slot after that, and counted
//! from the third on. So nobody can read a report on a slot while reports on it are taken; the newest
//! there is to copy is what was said of the slot before, and who repeats that has no news
//! (`verdict::distance`), for which reporters are paid. The hash covers seat and slot: filed by
//! another seat it opens to nothing.
//!
//! Slots here are five minutes of heartbeats, numbered from 1970, and never the cluster's.

pub mod counters;
pub mod seats;
pub mod time;
pub mod uptime;
pub mod verdict;

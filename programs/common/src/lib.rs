//! What two or more PinFi programs need: token moves, signature introspection, the deployer check.

pub mod authority;
pub mod checks;
pub mod ed25519;
pub mod entrypoint;
pub mod event;
pub mod extensions;
pub mod governance;
pub mod heap;
pub mod hot;
pub mod rent;
pub mod security;
pub mod token;

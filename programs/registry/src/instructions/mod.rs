//! One file for each instruction; those of the authority are in one.
//!
//! Accounts that are written are marked `dup`, as in streams: no two of an instruction can be one, since
//! they are of different types.

mod accept_operator;
mod authority;
mod close_operator;
mod nominate_operator;
mod pause;
mod register_operator;
mod resume;
mod set_class;
mod set_payout;
mod set_region;

pub use accept_operator::*;
pub use authority::*;
pub use close_operator::*;
pub use nominate_operator::*;
pub use pause::*;
pub use register_operator::*;
pub use resume::*;
pub use set_class::*;
pub use set_payout::*;
pub use set_region::*;

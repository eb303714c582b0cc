//! One file for each instruction.
//!
//! Accounts that are written are marked `dup`, as in streams: no two of an instruction can be one, since
//! they are of different types.

mod accept_authority;
mod accept_operator;
mod close_operator;
mod initialize;
mod nominate_authority;
mod nominate_operator;
mod pause;
mod register_operator;
mod resume;
mod set_class;
mod set_payout;
mod set_region;

pub use accept_authority::*;
pub use accept_operator::*;
pub use close_operator::*;
pub use initialize::*;
pub use nominate_authority::*;
pub use nominate_operator::*;
pub use pause::*;
pub use register_operator::*;
pub use resume::*;
pub use set_class::*;
pub use set_payout::*;
pub use set_region::*;

//! What a program's authority may do, and what bounds it: it is handed over by consent, sets
//! parameters within compiled-in limits, and stops entries for a time that ends by itself.

mod handover;
mod instructions;
mod limits;
mod pause;

pub use handover::*;
pub use limits::*;
pub use pause::*;

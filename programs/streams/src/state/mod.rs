mod book;
mod config;
mod fees;
mod ledger;
mod line;
mod mint_policy;
mod pool;
mod voucher;

pub use book::*;
pub use config::*;
pub use fees::*;
pub use ledger::*;
pub use line::*;
pub use mint_policy::*;
pub use pool::*;
pub use voucher::*;

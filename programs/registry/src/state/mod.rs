mod config;
mod hardware_class;
mod operator;
mod region;

pub use config::*;
pub use hardware_class::*;
pub use operator::*;
pub use region::*;

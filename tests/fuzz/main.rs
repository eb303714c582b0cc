//! Random walks over the programs and forged vouchers against them; see the README beside this.

mod registry;
mod streams;

use std::process::ExitCode;

fn main() -> ExitCode {
    // One line for each game.
    simulator::main(&[&registry::Registry::new(), &streams::Streams::new()])
}

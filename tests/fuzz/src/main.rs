//! Random walks over the program and forged vouchers against it; see the README beside this.

mod action;
mod call;
mod chain;
mod decode;
mod facts;
mod forge;
mod invariants;
mod model;
mod options;
mod places;
mod random;
mod regressions;
mod state;
mod voucher;
mod walk;
mod wire;

use std::{process::ExitCode, time::Instant};

use chain::Base;
use options::{Options, What};
use places::{upgrade_authority, Places};
use solana_signer::Signer;

fn main() -> ExitCode {
    match Options::read(std::env::args().skip(1)).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(found) => {
            eprintln!("\n{found}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<(), String> {
    let places = Places::new();
    let base = Base::load(&options.program, &upgrade_authority().pubkey())?;
    match options.what {
        What::Walk => walk(&options, &places, &base),
        What::Forge => forge(&options, &places, &base),
    }
}

fn rate(count: u64, started: Instant) -> String {
    let seconds = started.elapsed().as_secs_f64();
    format!("{seconds:.1} s, {:.0} a second", count as f64 / seconds)
}

fn walk(options: &Options, places: &Places, base: &Base) -> Result<(), String> {
    let Options { count, seed, judge, .. } = *options;
    let explain = |failure: walk::Failure| {
        let walk::Failure { seed, step, found, last_steps } = failure;
        format!("walk {seed} broke at step {step}: {found}\nlast steps:\n    {last_steps}")
    };
    invariants::doctored::check(places)?;
    let old = regressions::read(&options.regressions)?;
    for (seed, steps) in &old {
        walk::walk(places, base, *seed, *steps, judge).map_err(explain)?;
    }
    println!("walk: {} regressions replayed; seed {seed}, {count} steps", old.len());
    let started = Instant::now();
    let tally = walk::run(places, base, seed, count, judge).map_err(|failure| {
        let kept = match options.keep {
            true => regressions::keep(&options.regressions, failure.seed),
            false => Ok(()),
        };
        let (kept, told) = (kept.err().unwrap_or_default(), explain(failure));
        format!("{told}\n{kept}")
    })?;
    for (name, (accepted, refused)) in &tally {
        println!("  {name:<18} {accepted:>9} accepted {refused:>9} refused");
    }
    println!("walk: {count} steps in {}", rate(count, started));
    // An instruction that never went through was never tested.
    let never = |(accepted, _): &(u64, u64)| *accepted == 0;
    match tally.iter().find(|(name, n)| never(n) && *name != "Initialize" && count >= 20_000) {
        Some((name, _)) => Err(format!("{name} was never accepted: the walk does not reach it")),
        None => Ok(()),
    }
}

fn forge(options: &Options, places: &Places, base: &Base) -> Result<(), String> {
    let Options { count, seed, .. } = *options;
    println!(
        "forge: seed {seed}, {count} mutations; this runtime refuses what is forged: checking"
    );
    let started = Instant::now();
    let report = forge::run(base, places, seed, count)?;
    for (name, n) in &report.by_bend {
        println!("  {n:>9}  {name}");
    }
    println!("  refused with:");
    for (name, n) in &report.refused {
        println!("  {n:>9}  {name}");
    }
    let forge::Report { harmless, honest, .. } = report;
    println!(
        "forge: {count} mutations in {}: none accepted but {harmless} that change nothing of what \
         was signed; {honest} honest vouchers between them accepted",
        rate(count, started)
    );
    let wanted = [
        "VoucherDomainMismatch",
        "MissingSignatureIx",
        "NotEd25519Program",
        "InvalidEd25519Layout",
        "SignatureIxReused",
        "WrongVoucherSigner",
        "VoucherSignerExpired",
        "CapExceeded",
    ];
    let missing = wanted.iter().find(|name| !report.refused.contains_key(**name));
    match missing.filter(|_| count >= 10_000) {
        Some(name) => Err(format!("no forgery was refused with {name}: that check is not reached")),
        None => Ok(()),
    }
}

//! Forged vouchers, a great many, every signature verified: none may be accepted, unless what was
//! changed makes no difference to what was signed.

mod mutate;
mod report;
mod rewrite;
mod stage;
mod truth;

use std::{collections::BTreeMap, time::Instant};

use simulator::{addresses::ED25519, changes, data::instruction_tag, rate, Base, Random};
use solana_instruction::Instruction;

use crate::streams::{
    facts::books,
    places::Places,
    program::PROGRAM,
    state::{Account, View},
};
use mutate::{Draft, BENDS};
use report::Report;
use stage::{Stage, CAPPED};

/// Every so many forgeries an honest voucher shows that the door is not simply locked.
const HONEST_EVERY: u64 = 64;
/// Mutations within which every check of a voucher must have refused one.
const ENOUGH: u64 = 10_000;

/// The message in settle's data: domain and targets, by the count they begin with. What follows
/// them and the proof is not read by anybody.
fn message_of(data: &[u8]) -> Option<&[u8]> {
    let count = |at: usize| {
        let bytes = data.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_le_bytes(bytes)).ok()
    };
    let len = match data.get(40)? {
        0 => 47 + 8 * count(43)?,
        _ => 45 + 10 * count(41)?,
    };
    data.get(8..len)
}

fn show(instructions: &[Instruction]) -> String {
    let mut out = String::new();
    for Instruction { program_id, accounts, data } in instructions {
        let data: String = data.iter().map(|byte| format!("{byte:02x}")).collect();
        let accounts: Vec<_> = accounts.iter().map(|meta| meta.pubkey.to_string()).collect();
        out += &format!("\n    {program_id} {accounts:?} {data}");
    }
    out
}

/// Whether every settle in an accepted transaction brings what was really signed for its book, and
/// nothing but signed totals changed.
fn honest_in_meaning(
    stage: &Stage,
    instructions: &[Instruction],
    after: &View,
) -> Result<(), String> {
    for called in instructions.iter().filter(|called| called.program_id == PROGRAM) {
        if called.data.starts_with(&instruction_tag("settle")) {
            let message = message_of(&called.data).unwrap_or_default();
            let book = called.accounts.first().map(|meta| meta.pubkey);
            let life = books(after).find(|(at, _)| Some(**at) == book).map(|(_, book)| book.domain);
            let meant = life.is_some_and(|domain| message.starts_with(&domain));
            if !meant || !stage.messages.contains(message) {
                return Err(format!("a message that nobody signed was taken: {message:02x?}"));
            }
        }
    }
    let before: BTreeMap<_, _> = books(&stage.view).collect();
    for at in changes(&stage.view, after) {
        if !before.contains_key(&at) {
            return Err(format!("settling changed {at}"));
        }
    }
    for (at, book) in books(after) {
        let old = before[at];
        for (nth, (was, is)) in old.lines.iter().zip(&book.lines).enumerate() {
            let signed = stage.genuine.iter().any(|(_, voucher)| {
                voucher.domain == book.domain
                    && voucher.signer == book.present.key
                    && voucher.targets.list().contains(&(nth as u32, is.vouched))
            });
            if was.vouched != is.vouched && (!signed || is.vouched < was.vouched) {
                return Err(format!("line {nth} of {at} is at {}, unsigned", is.vouched));
            }
            if (was.deposit, was.claimed, was.rate) != (is.deposit, is.claimed, is.rate) {
                return Err(format!("settling line {nth} of {at} changed more than its total"));
            }
        }
    }
    Ok(())
}

fn settle_honestly(stage: &mut Stage, random: &mut Random) -> Result<(), String> {
    let open = [stage.sites[0], stage.sites[CAPPED]];
    // Within the cap: the smallest of what was signed.
    let fits: Vec<_> = stage.genuine.iter().filter(|(site, _)| open.contains(site)).collect();
    let voucher = (*random.pick(&fits[..2])).clone();
    let instructions = stage.settle(&[voucher], random.one_in(3), random.one_in(3));
    let outcome = stage.chain.send(&instructions, &[]);
    let after = stage.chain.look(&stage.view)?;
    if !outcome.accepted || changes(&stage.view, &after).is_empty() {
        return Err(format!("an honest voucher did nothing: {}", outcome.error));
    }
    stage.restore(&after);
    Ok(())
}

fn forge_one(stage: &mut Stage, random: &mut Random, report: &mut Report) -> Result<(), String> {
    let count = 1 + random.index(3);
    let vouchers: Vec<_> = (0..count).map(|_| random.pick(&stage.genuine).clone()).collect();
    let honest = stage.settle(&vouchers, random.one_in(4), random.one_in(4));
    let mut how = Vec::new();
    let instructions = {
        let mut draft = Draft { stage, random, instructions: honest.clone() };
        for _ in 0..1 + draft.random.below(2) * draft.random.below(3) {
            let (name, bend) = *draft.random.pick(BENDS);
            if bend(&mut draft).is_some() {
                how.push(name);
            }
        }
        draft.instructions
    };
    if how.is_empty() || instructions == honest || instructions.is_empty() {
        return Ok(());
    }
    how.iter().for_each(|name| *report.by_bend.entry(name).or_default() += 1);
    let outcome = stage.chain.send(&instructions, &[]);
    let after = stage.chain.look(&stage.view)?;
    let verdict = if outcome.accepted {
        report.harmless += 1;
        honest_in_meaning(stage, &instructions, &after)
    } else {
        *report.refused.entry(outcome.error_name()).or_default() += 1;
        match changes(&stage.view, &after) {
            changed if changed.is_empty() => Ok(()),
            changed => Err(format!("refused ({}), yet changed: {changed:?}", outcome.error)),
        }
    };
    stage.restore(&after);
    verdict.map_err(|found| {
        let ed25519 = instructions.iter().filter(|called| called.program_id == ED25519).count();
        format!(
            "FORGED by {how:?} ({ed25519} ed25519 instructions): {found}{}",
            show(&instructions)
        )
    })
}

fn forge_many(
    base: &Base<Account>,
    places: &Places,
    seed: u64,
    count: u64,
) -> Result<Report, String> {
    let mut stage = Stage::new(places, base)?;
    truth::check(&mut stage)?;
    let (mut random, mut report) = (Random::new(seed), Report::default());
    while report.by_bend.values().sum::<u64>() < count {
        if random.one_in(HONEST_EVERY) {
            settle_honestly(&mut stage, &mut random)?;
            report.honest += 1;
        }
        forge_one(&mut stage, &mut random, &mut report)?;
    }
    Ok(report)
}

/// Forges, and prints what came of it.
pub fn forge(places: &Places, base: &Base<Account>, seed: u64, count: u64) -> Result<(), String> {
    println!(
        "streams forge: seed {seed}, {count} mutations; this runtime refuses what is forged: checking"
    );
    let started = Instant::now();
    let report = run(base, places, seed, count)?;
    report.print();
    println!(
        "streams forge: {count} mutations in {}: none accepted but {} that change nothing of what \
         was signed; {} honest vouchers between them accepted",
        rate(count, started),
        report.harmless,
        report.honest,
    );
    match count >= ENOUGH {
        true => report.require_reached(),
        false => Ok(()),
    }
}

/// At least `count` mutations, on all processors; errors name the seed that shows the same again.
fn run(base: &Base<Account>, places: &Places, seed: u64, count: u64) -> Result<Report, String> {
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get()) as u64;
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..threads)
            .map(|nth| {
                let (base, seed) = (base.clone(), seed.wrapping_add(nth));
                scope.spawn(move || {
                    forge_many(&base, places, seed, count.div_ceil(threads))
                        .map_err(|found| format!("seed {seed}: {found}"))
                })
            })
            .collect();
        let mut all = Report::default();
        for part in parts {
            all.add(part.join().map_err(|_| "a thread panicked; its message is above")??);
        }
        Ok(all)
    })
}

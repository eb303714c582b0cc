use std::collections::HashMap;

use serde_json::{json, Value};

struct Mutant {
    file: String,
    name: String,
    /// Number under which the check says that it is reached.
    check: usize,
}

/// Every mutant, in the order of their numbers, which begin with 1.
#[derive(Default)]
pub struct Sites {
    mutants: Vec<Mutant>,
    seen: HashMap<String, usize>,
}

impl Sites {
    /// Takes numbers for the mutants of one check and returns the first. `what` is the check as
    /// written; where the same stands twice in a function, the second is told apart.
    pub fn add(&mut self, place: &str, function: &str, what: &str, changes: &[&str]) -> u32 {
        let what = what.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = format!("{place} {function}: {what}");
        let count = self.seen.entry(name.clone()).or_insert(0);
        *count += 1;
        let nth = if *count == 1 { String::new() } else { format!(" #{count}") };
        let first = self.mutants.len() + 1;
        for change in changes {
            let name = format!("{name}{nth} -> {change}");
            self.mutants.push(Mutant { file: place.into(), name, check: first });
        }
        u32::try_from(first).unwrap_or(u32::MAX)
    }

    pub fn to_json(&self) -> Value {
        let list = self.mutants.iter().enumerate();
        list.map(|(nth, Mutant { file, name, check })| {
            json!({ "number": nth + 1, "check": check, "file": file, "name": name })
        })
        .collect()
    }
}

use std::collections::HashMap;

use serde_json::{json, Value};

/// Every mutant, in the order of their numbers, which begin with 1.
#[derive(Default)]
pub struct Sites {
    mutants: Vec<(String, String)>,
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
            self.mutants.push((place.into(), format!("{name}{nth} -> {change}")));
        }
        u32::try_from(first).unwrap_or(u32::MAX)
    }

    pub fn to_json(&self) -> Value {
        let list = self.mutants.iter().enumerate();
        list.map(|(nth, (file, name))| json!({ "number": nth + 1, "file": file, "name": name }))
            .collect()
    }
}

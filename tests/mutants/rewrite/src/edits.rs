use std::ops::Range;

/// Insertions into a text, and parts left out. What is put around a part goes around all that was
/// put around parts of it.
#[derive(Default)]
pub struct Edits {
    before: Vec<(usize, String)>,
    after: Vec<(usize, String)>,
    left_out: Vec<Range<usize>>,
}

impl Edits {
    /// Puts text around a part; call it for the whole before its parts.
    pub fn around(&mut self, part: Range<usize>, before: String, after: String) {
        self.before.push((part.start, before));
        self.after.push((part.end, after));
    }

    pub fn leave_out(&mut self, part: Range<usize>) {
        self.left_out.push(part);
    }

    pub fn apply(mut self, text: &str) -> String {
        self.after.reverse();
        self.after.sort_by_key(|(at, _)| *at);
        self.before.sort_by_key(|(at, _)| *at);
        let mut places: Vec<usize> = (self.before.iter().chain(&self.after).map(|(at, _)| *at))
            .chain(self.left_out.iter().flat_map(|part| [part.start, part.end]))
            .chain([text.len()])
            .collect();
        places.sort_unstable();
        places.dedup();
        let (mut out, mut from) = (String::new(), 0);
        for at in places {
            if !self.left_out.iter().any(|part| part.contains(&from)) {
                out.push_str(&text[from..at]);
            }
            for (_, inserted) in self.after.iter().filter(|(place, _)| *place == at) {
                out.push_str(inserted);
            }
            for (_, inserted) in self.before.iter().filter(|(place, _)| *place == at) {
                out.push_str(inserted);
            }
            from = at;
        }
        out
    }
}

use anchor_lang::prelude::*;

/// What a voucher promises: for each line, the total its payee may have by vouchers.
///
/// Totals are cumulative, so a voucher can be sent twice, late or out of order without harm.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, PartialEq, Eq)]
pub enum Targets {
    /// Totals of the lines `start`, `start + 1`, …
    Dense { start: u16, cumulative: Vec<u64> },
    /// Totals of the lines named.
    Sparse { entries: Vec<Target> },
}

/// One line's total.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    pub line: u16,
    /// Base units, ever.
    pub cumulative: u64,
}

impl Targets {
    pub fn len(&self) -> usize {
        match self {
            Self::Dense { cumulative, .. } => cumulative.len(),
            Self::Sparse { entries } => entries.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Each target by itself. A line past the last possible one becomes the last, which no book has.
    pub fn into_list(self) -> Vec<Target> {
        match self {
            Self::Sparse { entries } => entries,
            Self::Dense { start, cumulative } => (0..)
                .zip(cumulative)
                .map(|(nth, cumulative)| Target { line: start.saturating_add(nth), cumulative })
                .collect(),
        }
    }

    /// Bytes as sent: a tag, the first line where dense, a count, the targets.
    pub fn encoded_len(&self) -> usize {
        match self {
            Self::Dense { cumulative, .. } => 1 + 2 + 4 + 8 * cumulative.len(),
            Self::Sparse { entries } => 1 + 4 + 10 * entries.len(),
        }
    }
}

/// Where in the transaction the voucher's signature is.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureProof {
    /// Index of the ed25519 instruction; smaller than that of settle.
    pub instruction: u8,
    /// Which of its signatures.
    pub entry: u8,
}

//! Ways to lie about a voucher.

use simulator::{
    addresses::{ASSOCIATED, COMPUTE_BUDGET, ED25519, INSTRUCTIONS, SLOT_HASHES, TOKEN},
    Random,
};
use solana_instruction::{AccountMeta, Instruction};

use super::stage::Stage;
use crate::streams::program::PROGRAM;

/// A transaction to be bent.
pub struct Draft<'a> {
    pub stage: &'a Stage<'a>,
    pub random: &'a mut Random,
    pub instructions: Vec<Instruction>,
}

type Bend = fn(&mut Draft) -> Option<()>;

/// Name and deed; `None` where a draft has no such place.
pub const BENDS: &[(&str, Bend)] = &[
    ("a bit of the ed25519 instruction", |draft| draft.flip(true)),
    ("a bit of settle's data", |draft| draft.flip(false)),
    ("an offset", |draft| draft.splice_offset()),
    ("entries exchanged", |draft| draft.exchange_entries()),
    ("ed25519 data cut or padded", |draft| draft.resize(true)),
    ("settle data cut or padded", |draft| draft.resize(false)),
    ("count and padding", |draft| draft.count()),
    ("order of instructions", |draft| draft.reorder()),
    ("an instruction between", |draft| draft.insert()),
    ("the place of the proof", |draft| draft.proof()),
    ("another book", |draft| draft.other_book()),
    ("a voucher of the life before", |draft| draft.stale()),
    ("signed by somebody else", |draft| draft.stranger()),
    ("somebody else's signature under the signer's name", |draft| draft.borrowed_name()),
    ("signed by the weak key without knowing it", |draft| draft.weak()),
    ("the message taken from elsewhere", |draft| draft.message_elsewhere()),
    ("key, signature and message of a stranger behind the real ones", |draft| {
        draft.stranger_behind()
    }),
    ("one signature for two settles", |draft| draft.reuse()),
    ("another program in the ed25519 program's place", |draft| draft.other_program()),
    ("another account, or one more, or one less", |draft| draft.accounts()),
    ("S + L", |draft| draft.malleate()),
    ("higher totals", |draft| draft.higher()),
    ("the number of vouchers or books", |draft| draft.numbers()),
];

impl Draft<'_> {
    fn place(&mut self, ed25519: bool) -> Option<usize> {
        let fits = |called: &Instruction| (called.program_id == ED25519) == ed25519;
        let places: Vec<_> = (0..self.instructions.len())
            .filter(|nth| {
                fits(&self.instructions[*nth]) && !self.instructions[*nth].data.is_empty()
            })
            .collect();
        if places.is_empty() {
            return None;
        }
        Some(*self.random.pick(&places))
    }

    fn data(&mut self, ed25519: bool) -> Option<&mut Vec<u8>> {
        let nth = self.place(ed25519)?;
        Some(&mut self.instructions[nth].data)
    }

    fn flip(&mut self, ed25519: bool) -> Option<()> {
        let bit = self.random.below(8);
        let word = self.random.word();
        let data = self.data(ed25519)?;
        let at = (word % data.len() as u64) as usize;
        data[at] ^= 1 << bit;
        Some(())
    }

    fn resize(&mut self, ed25519: bool) -> Option<()> {
        let (by, grow) = (1 + self.random.index(40), self.random.one_in(2));
        let byte = self.random.word() as u8;
        let data = self.data(ed25519)?;
        let len = if grow { data.len() + by } else { data.len().saturating_sub(by) };
        data.resize(len, byte);
        Some(())
    }

    fn splice_offset(&mut self) -> Option<()> {
        let values = [
            0,
            1,
            2,
            8,
            10,
            16,
            48,
            0xffff,
            0xfffe,
            self.random.below(400) as u16,
            self.random.word() as u16,
        ];
        let (value, field) = (*self.random.pick(&values), self.random.index(7));
        let entry = self.random.word();
        let data = self.data(true)?;
        let count = u64::from(*data.first()?).max(1);
        let at = 2 + 14 * (entry % count) as usize + 2 * field;
        data.get_mut(at..at + 2)?.copy_from_slice(&value.to_le_bytes());
        Some(())
    }

    fn exchange_entries(&mut self) -> Option<()> {
        let (signed, field) = (self.random.one_in(2), self.random.one_in(2));
        let data = self.data(true)?;
        let count = usize::from(*data.first()?);
        if count < 2 || data.len() < 2 + 110 * count {
            return None;
        }
        let (from, len) = match (signed, field) {
            (true, true) => (2 + 14 * count, 96),
            (true, false) => (2 + 14 * count + 32, 64),
            _ => (2, 14),
        };
        let step = if signed { 96 } else { 14 };
        for n in 0..len {
            data.swap(from + n, from + step + n);
        }
        Some(())
    }

    fn count(&mut self) -> Option<()> {
        let (value, at) = (*self.random.pick(&[0, 1, 2, 3, 9, 255]), self.random.index(2));
        *self.data(true)?.get_mut(at)? = value;
        Some(())
    }

    fn reorder(&mut self) -> Option<()> {
        let len = self.instructions.len();
        if len < 2 {
            return None;
        }
        let (a, b) = (self.random.index(len), self.random.index(len));
        self.instructions.swap(a, b);
        Some(())
    }

    fn insert(&mut self) -> Option<()> {
        let at = self.random.index(self.instructions.len() + 1);
        let limit = [&[2u8][..], &1_000_000u32.to_le_bytes()].concat();
        let other = match self.random.one_in(2) {
            true => Instruction { program_id: COMPUTE_BUDGET, accounts: vec![], data: limit },
            false => self.instructions[self.random.index(self.instructions.len())].clone(),
        };
        self.instructions.insert(at, other);
        Some(())
    }

    fn proof(&mut self) -> Option<()> {
        let values = [0, 1, 2, 3, 255, self.random.word() as u8];
        let (value, from_end) = (*self.random.pick(&values), 1 + self.random.index(2));
        let data = self.data(false)?;
        let at = data.len().checked_sub(from_end)?;
        data[at] = value;
        Some(())
    }

    fn other_book(&mut self) -> Option<()> {
        let site = *self.random.pick(&self.stage.sites);
        let address = self.stage.address(site);
        let nth = self.place(false)?;
        let books: Vec<_> = self.stage.sites.iter().map(|site| self.stage.address(*site)).collect();
        let metas = &mut self.instructions[nth].accounts;
        let found = metas.iter_mut().filter(|meta| books.contains(&meta.pubkey)).last()?;
        found.pubkey = address;
        Some(())
    }

    fn reuse(&mut self) -> Option<()> {
        let nth = self.place(false)?;
        let mut again = self.instructions[nth].clone();
        match self.random.below(3) {
            0 => {
                let site = *self.random.pick(&self.stage.sites);
                again.accounts.first_mut()?.pubkey = self.stage.address(site);
            }
            // A total of the copy, which is as long as the one that was signed.
            1 => {
                let at = again.data.len().checked_sub(4)?;
                again.data[at] ^= 1;
            }
            _ => {}
        }
        self.instructions.push(again);
        Some(())
    }

    fn other_program(&mut self) -> Option<()> {
        let program = *self.random.pick(&[COMPUTE_BUDGET, TOKEN, ASSOCIATED, PROGRAM]);
        let nth = self.place(true)?;
        self.instructions[nth].program_id = program;
        Some(())
    }

    fn accounts(&mut self) -> Option<()> {
        let others = [INSTRUCTIONS, SLOT_HASHES, PROGRAM, TOKEN, self.stage.address(0)];
        let other = *self.random.pick(&others);
        let (kind, word) = (self.random.below(4), self.random.index(4));
        let nth = self.place(false)?;
        let metas = &mut self.instructions[nth].accounts;
        let at = word % metas.len().max(1);
        match kind {
            0 => metas.get_mut(at)?.pubkey = other,
            1 => metas.get_mut(at)?.is_writable = false,
            2 => metas.push(AccountMeta::new_readonly(other, false)),
            _ => {
                metas.pop()?;
            }
        }
        Some(())
    }
}

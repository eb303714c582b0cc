//! Vouchers, and the one layout in which the ed25519 program is asked about them.

use simulator::{
    addresses::{ED25519, INSTRUCTIONS},
    data::Data,
};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::program::PROGRAM;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Targets {
    Dense { start: u16, cumulative: Vec<u64> },
    Sparse(Vec<(u16, u64)>),
}

impl Targets {
    /// Each line with its total; a dense list that runs over the last index has none beyond it.
    pub fn list(&self) -> Vec<(u32, u64)> {
        match self {
            Self::Sparse(entries) => {
                entries.iter().map(|(line, total)| (u32::from(*line), *total)).collect()
            }
            Self::Dense { start, cumulative } => {
                (u32::from(*start)..).zip(cumulative.iter().copied()).collect()
            }
        }
    }

    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Self::Dense { start, cumulative } => {
                out.push(0);
                out.extend(start.to_le_bytes());
                out.extend((cumulative.len() as u32).to_le_bytes());
                cumulative.iter().for_each(|total| out.extend(total.to_le_bytes()));
            }
            Self::Sparse(entries) => {
                out.push(1);
                out.extend((entries.len() as u32).to_le_bytes());
                for (line, total) in entries {
                    out.extend(line.to_le_bytes());
                    out.extend(total.to_le_bytes());
                }
            }
        }
        out
    }
}

/// A signed promise, as it lies in a keeper's store.
#[derive(Clone)]
pub struct Voucher {
    pub domain: [u8; 32],
    pub targets: Targets,
    pub signer: Address,
    pub signature: [u8; 64],
}

impl core::fmt::Debug for Voucher {
    /// Short: the domain by its first bytes, the signature not at all.
    fn fmt(&self, to: &mut core::fmt::Formatter) -> core::fmt::Result {
        let Self { domain, targets, signer, .. } = self;
        write!(to, "Voucher({:02x?} {targets:?} by {signer})", &domain[..3])
    }
}

impl Voucher {
    pub fn sign(key: &Keypair, domain: [u8; 32], targets: Targets) -> Self {
        let message = [&domain[..], &targets.encode()].concat();
        let signature = *key.sign_message(&message).as_array();
        Self { domain, targets, signer: key.pubkey(), signature }
    }

    pub fn message(&self) -> Vec<u8> {
        [&self.domain[..], &self.targets.encode()].concat()
    }
}

/// An ed25519 instruction at `position` and behind it one settle for each voucher.
///
/// `plain` adds an account, which routes the call to the plain form of the instruction.
pub fn settle_instructions(
    settles: &[(Address, Voucher)],
    position: u8,
    plain: bool,
) -> Vec<Instruction> {
    let count = settles.len();
    let keys = 2 + 14 * count;
    let mut ed25519 = vec![count as u8, 0];
    for (nth, (_, voucher)) in settles.iter().enumerate() {
        let key = (keys + 96 * nth) as u16;
        let message_size = voucher.message().len() as u16;
        let asked_by = u16::from(position) + 1 + nth as u16;
        let own = u16::MAX;
        for field in [key + 32, own, key, own, 8, message_size, asked_by] {
            ed25519.extend(field.to_le_bytes());
        }
    }
    for (_, voucher) in settles {
        ed25519.extend(voucher.signer.as_ref());
        ed25519.extend(voucher.signature);
    }
    let mut out = vec![Instruction { program_id: ED25519, accounts: vec![], data: ed25519 }];
    for (nth, (book, voucher)) in settles.iter().enumerate() {
        let mut accounts =
            vec![AccountMeta::new(*book, false), AccountMeta::new_readonly(INSTRUCTIONS, false)];
        if plain {
            accounts.push(AccountMeta::new_readonly(PROGRAM, false));
        }
        let data = Data::of("settle").raw(&voucher.message()).u8(position).u8(nth as u8).0;
        out.push(Instruction { program_id: PROGRAM, accounts, data });
    }
    out
}

/// The instruction that verifies signatures itself.
pub fn settle_many_instruction(settles: &[(Address, Voucher)]) -> Instruction {
    let mut data = Data::of("settle_many").u32(settles.len() as u32);
    for (_, voucher) in settles {
        data = data.raw(&voucher.signature).raw(&voucher.targets.encode());
    }
    let accounts = settles.iter().map(|(book, _)| AccountMeta::new(*book, false)).collect();
    Instruction { program_id: PROGRAM, accounts, data: data.0 }
}

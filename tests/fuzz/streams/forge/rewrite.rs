//! Transactions made anew around a lie, byte for byte as an honest client would write them.

use solana_address::Address;
use solana_keypair::Keypair;

use super::{
    mutate::Draft,
    stage::{LINES, WEAK, WEAK_KEY},
};
use crate::streams::voucher::{Targets, Voucher};

impl Draft<'_> {
    fn rewrite(&mut self, make: impl FnOnce(&mut Self) -> (usize, Voucher)) -> Option<()> {
        let (site, voucher) = make(self);
        let (many, plain) = (self.random.one_in(3), self.random.one_in(4));
        self.instructions = self.stage.settle(&[(site, voucher)], many, plain);
        Some(())
    }

    fn some_targets(&mut self) -> Targets {
        Targets::Sparse(vec![(self.random.below(LINES.into()) as u16, 1 + self.random.below(900))])
    }

    pub(super) fn stale(&mut self) -> Option<()> {
        self.rewrite(|draft| draft.random.pick(&draft.stage.stale).clone())
    }

    fn attacker(&mut self) -> Keypair {
        Keypair::new_from_array(self.random.bytes())
    }

    /// The book's domain, really signed, by a key that may not.
    pub(super) fn stranger(&mut self) -> Option<()> {
        self.rewrite(|draft| {
            let (site, real) = draft.random.pick(&draft.stage.genuine).clone();
            let (key, targets) = (draft.attacker(), draft.some_targets());
            (site, Voucher::sign(&key, real.domain, targets))
        })
    }

    pub(super) fn borrowed_name(&mut self) -> Option<()> {
        self.rewrite(|draft| {
            let (site, real) = draft.random.pick(&draft.stage.genuine).clone();
            let (key, targets) = (draft.attacker(), draft.some_targets());
            (site, Voucher { signer: real.signer, ..Voucher::sign(&key, real.domain, targets) })
        })
    }

    pub(super) fn weak(&mut self) -> Option<()> {
        self.rewrite(|draft| {
            let site = draft.stage.sites[WEAK];
            let found = draft.stage.genuine.iter().find(|(of, _)| *of == site);
            let domain = found.map_or([0; 32], |(_, voucher)| voucher.domain);
            let mut signature = [0; 64];
            // R the identity and S zero satisfy the equation for the identity key.
            signature[0] = 1;
            let signer = Address::new_from_array(WEAK_KEY);
            (site, Voucher { domain, targets: draft.some_targets(), signer, signature })
        })
    }

    /// The real message is verified, but lies in the ed25519 instruction; settle says another.
    pub(super) fn message_elsewhere(&mut self) -> Option<()> {
        let (site, real) = self.random.pick(&self.stage.genuine).clone();
        let lie = Voucher { targets: self.some_targets(), ..real.clone() };
        let mut made = self.stage.settle(&[(site, lie)], false, false);
        let at = made[0].data.len() as u16;
        let message = real.message();
        made[0].data.extend(&message);
        made[0].data[10..12].copy_from_slice(&at.to_le_bytes());
        made[0].data[12..14].copy_from_slice(&(message.len() as u16).to_le_bytes());
        let index = if self.random.one_in(2) { 0u16 } else { u16::MAX };
        made[0].data[14..16].copy_from_slice(&index.to_le_bytes());
        self.instructions = made;
        Some(())
    }

    /// The signer's key stays in its place, while the offsets lead to a stranger's.
    pub(super) fn stranger_behind(&mut self) -> Option<()> {
        let (site, real) = self.random.pick(&self.stage.genuine).clone();
        let (key, targets) = (self.attacker(), self.some_targets());
        let lie = Voucher::sign(&key, real.domain, targets);
        let named = Voucher { signer: real.signer, signature: real.signature, ..lie.clone() };
        let mut made = self.stage.settle(&[(site, named)], false, false);
        let at = made[0].data.len() as u16;
        made[0].data.extend(lie.signer.as_ref());
        made[0].data.extend(lie.signature);
        made[0].data[2..4].copy_from_slice(&(at + 32).to_le_bytes());
        made[0].data[6..8].copy_from_slice(&at.to_le_bytes());
        self.instructions = made;
        Some(())
    }

    /// The same signature with the group's order added to S, which a lax verifier takes.
    pub(super) fn malleate(&mut self) -> Option<()> {
        const ORDER: [u8; 32] = [
            0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9,
            0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
        ];
        self.rewrite(|draft| {
            let (site, mut real) = draft.random.pick(&draft.stage.genuine).clone();
            let mut carry = 0;
            for (byte, order) in real.signature[32..].iter_mut().zip(ORDER) {
                let sum = u16::from(*byte) + u16::from(order) + carry;
                (*byte, carry) = (sum as u8, sum >> 8);
            }
            (site, real)
        })
    }

    /// A real signature under totals that were not signed.
    pub(super) fn higher(&mut self) -> Option<()> {
        self.rewrite(|draft| {
            let (site, real) = draft.random.pick(&draft.stage.genuine).clone();
            let more = 1 + draft.random.below(1_000);
            let targets = match real.targets.clone() {
                Targets::Dense { start, cumulative } => Targets::Dense {
                    start,
                    cumulative: cumulative.into_iter().map(|total| total + more).collect(),
                },
                Targets::Sparse(entries) => Targets::Sparse(
                    entries.into_iter().map(|(line, total)| (line, total + more)).collect(),
                ),
            };
            (site, Voucher { targets, ..real })
        })
    }

    pub(super) fn numbers(&mut self) -> Option<()> {
        let (site, real) = self.random.pick(&self.stage.genuine).clone();
        let mut made = self.stage.settle(&[(site, real)], true, false);
        match self.random.below(3) {
            0 => made[0].data[8] = self.random.word() as u8,
            1 => {
                let again = made[0].accounts[0].clone();
                made[0].accounts.push(again);
            }
            _ => made[0].accounts.clear(),
        }
        self.instructions = made;
        Some(())
    }
}

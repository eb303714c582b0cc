//! Distortions of an honest call: another account in a place, or a right taken away. Every one of
//! them must be refused or do nothing at all.

use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};

use crate::{Chain, Game};

pub enum Twist {
    Replace { position: usize, with: Address },
    Unsign { position: usize },
    ReadOnly { position: usize },
}

/// Signer and writable as the runtime sees them: an account has each right it has anywhere.
fn rights(instructions: &[Instruction]) -> Vec<(Address, bool, bool)> {
    let metas = || instructions.iter().flat_map(|instruction| &instruction.accounts);
    let any = |key: Address, right: fn(&AccountMeta) -> bool| {
        metas().any(|meta| meta.pubkey == key && right(meta))
    };
    metas()
        .map(|meta| {
            (
                meta.pubkey,
                any(meta.pubkey, |meta| meta.is_signer),
                any(meta.pubkey, |meta| meta.is_writable),
            )
        })
        .collect()
}

impl Twist {
    /// Distorts the last call of one of the game's programs and says how, or does nothing where
    /// that would change nothing.
    pub(crate) fn apply<G: Game>(
        self,
        game: &G,
        chain: &Chain<G::Account>,
        action: &G::Action,
        instructions: &mut [Instruction],
    ) -> Option<String> {
        let before = rights(instructions);
        let called =
            instructions.iter_mut().rfind(|called| chain.is_game_program(&called.program_id))?;
        let count = called.accounts.len();
        let how = match self {
            Self::Replace { position, with } => {
                let position = position % count.max(1);
                let program = called.program_id;
                let meta = called.accounts.get_mut(position)?;
                // The program itself stands where an optional account was left out.
                if meta.is_signer
                    || meta.pubkey == program
                    || game.may_be_honest(action, position, &meta.pubkey, Some(&with))
                {
                    return None;
                }
                let was = core::mem::replace(&mut meta.pubkey, with);
                format!("account {position} is {with}, not {was}")
            }
            Self::Unsign { position } => {
                let metas = called.accounts.iter().enumerate();
                let signers: Vec<_> =
                    metas.filter(|(_, meta)| meta.is_signer).map(|(nth, _)| nth).collect();
                let nth = *signers.get(position % signers.len().max(1))?;
                called.accounts[nth].is_signer = false;
                format!("account {nth} does not sign")
            }
            Self::ReadOnly { position } => {
                let position = position % count.max(1);
                let meta = called.accounts.get_mut(position)?;
                if game.may_be_honest(action, position, &meta.pubkey, None) {
                    return None;
                }
                meta.is_writable = false;
                format!("account {position} is read-only")
            }
        };
        (rights(instructions) != before).then_some(how)
    }
}

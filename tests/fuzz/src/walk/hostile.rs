//! Distortions of an honest call: another account in a place, or a right taken away.
//!
//! Every one of them must be refused or do nothing at all. Places in which another account makes
//! another honest call (somebody's own wallet, another book of the same payer) are left to the
//! actions themselves, whose outcome the model knows.

use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};

use crate::{
    action::Action,
    places::{MintSite, Places},
    wire::{ED25519, PROGRAM},
};

pub enum Twist {
    Replace { position: usize, with: Address },
    Unsign { position: usize },
    Freeze { position: usize },
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

fn is_programs(action: &Action) -> bool {
    !matches!(action, Action::Donate { .. } | Action::Lamports { .. } | Action::CreateVault { .. })
}

/// Whether a call of the same kind with that account there would be an honest one.
fn may_be_honest(places: &Places, action: &Action, position: usize, with: &Address) -> bool {
    let is_book = || places.books.iter().any(|site| site.address == *with);
    match action {
        Action::ReserveLines { .. }
        | Action::AddLine { .. }
        | Action::FundLine { .. }
        | Action::SetRate { .. }
        | Action::SetVoucherSigner { .. }
        | Action::CloseLine { .. }
        | Action::RemoveLine { .. } => is_book(),
        Action::CloseMember { .. } => places.pools.iter().any(|site| site.members.contains(with)),
        // The rest of the lines or vouchers goes on; a voucher may be the other book's.
        Action::ClaimMany { .. } => position > 3,
        Action::SettleMany { vouchers } => vouchers.len() > 1 || is_book(),
        Action::Settle { .. } => is_book(),
        _ => false,
    }
}

/// Distorts the last instruction and says how, or does nothing where that would change nothing.
pub fn apply(
    twist: Twist,
    places: &Places,
    action: &Action,
    instructions: &mut [Instruction],
) -> Option<String> {
    if !is_programs(action) {
        return None;
    }
    let before = rights(instructions);
    let called = instructions.iter_mut().rfind(|called| called.program_id != ED25519)?;
    let count = called.accounts.len();
    let how = match twist {
        Twist::Replace { position, with } => {
            let position = position % count.max(1);
            let meta = called.accounts.get_mut(position)?;
            let wallet = |mint: &MintSite| mint.wallets.iter().flatten().any(|w| *w == meta.pubkey);
            if meta.is_signer
                || meta.pubkey == PROGRAM
                || places.mints.iter().any(wallet)
                || may_be_honest(places, action, position, &with)
            {
                return None;
            }
            let was = core::mem::replace(&mut meta.pubkey, with);
            format!("account {position} is {with}, not {was}")
        }
        Twist::Unsign { position } => {
            let signers = || called.accounts.iter().enumerate().filter(|(_, meta)| meta.is_signer);
            let nth = signers().map(|(at, _)| at).nth(position % signers().count().max(1))?;
            called.accounts[nth].is_signer = false;
            format!("account {nth} does not sign")
        }
        Twist::Freeze { position } => {
            let position = position % count.max(1);
            if may_be_honest(places, action, position, &PROGRAM) {
                return None;
            }
            called.accounts.get_mut(position)?.is_writable = false;
            format!("account {position} is read-only")
        }
    };
    (rights(instructions) != before).then_some(how)
}

//! Which distortions of a call leave another honest one.

use solana_address::Address;

use super::{action::Action, places::Places};

/// See `Game::may_be_honest`. Somebody's own wallet in place of another, or another book of the same
/// payer, is left to the actions themselves.
pub fn may_be_honest(
    places: &Places,
    action: &Action,
    position: usize,
    was: &Address,
    with: Option<&Address>,
) -> bool {
    let is_wallet =
        || places.mints.iter().flat_map(|mint| &mint.wallets).flatten().any(|w| w == was);
    if with.is_some() && is_wallet() {
        return true;
    }
    let is_book = || places.books.iter().any(|site| with == Some(&site.address));
    let is_member = |with| places.pools.iter().any(|site| site.members.contains(with));
    match action {
        Action::ReserveLines { .. }
        | Action::AddLine { .. }
        | Action::FundLine { .. }
        | Action::SetRate { .. }
        | Action::SetVoucherSigner { .. }
        | Action::CloseLine { .. }
        | Action::RemoveLine { .. } => is_book(),
        Action::CloseMember { .. } => with.is_some_and(is_member),
        // The rest of the lines or vouchers goes on; a voucher may be the other book's.
        Action::ClaimMany { .. } => position > 3,
        Action::SettleMany { vouchers } => vouchers.len() > 1 || is_book(),
        Action::Settle { .. } => is_book(),
        _ => false,
    }
}

//! The program's instructions: their accounts, in order, and their data.

use simulator::{
    addresses::{ASSOCIATED, SLOT_HASHES, SYSTEM},
    data::{r, s, w, ws, Data},
};
use solana_address::Address;
use solana_instruction::AccountMeta;

use crate::streams::{
    action::Action,
    places::{BookSite, MintSite, Places, PoolSite},
    program::PROGRAM,
};

/// An optional account that is left out is written as the program itself.
fn maybe(key: &Option<Address>, with: fn(Address) -> AccountMeta) -> AccountMeta {
    key.map_or_else(|| r(PROGRAM), with)
}

impl Action {
    pub fn call(&self, places: &Places) -> (Vec<AccountMeta>, Data) {
        let book = |site: &usize| {
            let site: BookSite = places.books[*site];
            (site, &places.mints[site.mint])
        };
        let pool = |site: &usize| {
            let site: PoolSite = places.pools[*site].clone();
            let mint = &places.mints[site.mint];
            (site, mint)
        };
        match self {
            Self::Initialize { signer, authority } => (
                vec![
                    ws(*signer),
                    s(*signer),
                    w(places.config),
                    r(PROGRAM),
                    r(places.program_data),
                    r(SYSTEM),
                ],
                Data::of("initialize").key(authority),
            ),
            Self::Nominate { authority, nominee } => {
                (vec![s(*authority), w(places.config)], Data::of("nominate_authority").key(nominee))
            }
            Self::Accept { nominee } => {
                (vec![s(*nominee), w(places.config)], Data::of("accept_authority"))
            }
            Self::SetPolicy { authority, mint, treasury, terms } => {
                let site = &places.mints[*mint];
                (
                    vec![
                        s(*authority),
                        ws(*authority),
                        r(places.config),
                        r(site.address),
                        maybe(treasury, r),
                        w(site.policy),
                        r(SYSTEM),
                    ],
                    Data::of("set_mint_policy")
                        .u64(terms.min_deposit)
                        .u64(terms.allowed_extensions)
                        .u16(terms.fee_bps)
                        .u16(terms.burn_bps)
                        .bool(terms.enabled),
                )
            }
            Self::OpenBook { book: site, grace, signer, controller } => {
                let (site, mint) = book(site);
                (
                    vec![
                        ws(places.person(site.payer)),
                        r(mint.address),
                        r(mint.policy),
                        w(site.address),
                        r(site.authority),
                        w(site.vault),
                        r(SLOT_HASHES),
                        r(mint.token_program),
                        r(ASSOCIATED),
                        r(SYSTEM),
                    ],
                    Data::of("open_book")
                        .u16(site.id)
                        .u32(*grace)
                        .maybe_key(signer)
                        .maybe_key(controller)
                        .u16(500),
                )
            }
            Self::Deposit { funder, book: site, source, amount } => {
                let (site, mint) = book(site);
                (
                    vec![
                        s(*funder),
                        w(site.address),
                        r(mint.address),
                        w(*source),
                        w(site.vault),
                        r(mint.token_program),
                    ],
                    Data::of("deposit").u64(*amount),
                )
            }
            Self::Refund { payer, book: site, destination, amount } => {
                let (site, mint) = book(site);
                (
                    vec![
                        s(*payer),
                        w(site.address),
                        r(site.authority),
                        r(mint.address),
                        w(site.vault),
                        w(*destination),
                        r(mint.token_program),
                    ],
                    Data::of("refund").u64(*amount),
                )
            }
            Self::ReserveLines { payer, book: site, count } => (
                vec![ws(*payer), w(book(site).0.address), r(SYSTEM)],
                Data::of("reserve_lines").u16(*count),
            ),
            Self::AddLine { payer, book: site, new } => (
                vec![ws(*payer), w(book(site).0.address), r(SYSTEM)],
                Data::of("add_line")
                    .u16(new.line)
                    .key(&new.payee)
                    .u64(new.deposit)
                    .u64(new.rate)
                    .bool(new.controlled),
            ),
            Self::FundLine { payer, book: site, line, amount } => (
                vec![s(*payer), w(book(site).0.address)],
                Data::of("fund_line").u16(*line).u64(*amount),
            ),
            Self::SetRate { authority, book: site, line, rate } => (
                vec![s(*authority), w(book(site).0.address)],
                Data::of("set_rate").u16(*line).u64(*rate),
            ),
            Self::SetVoucherSigner { payer, book: site, signer, expires_at, cap } => (
                vec![s(*payer), w(book(site).0.address)],
                Data::of("set_voucher_signer").key(signer).i64(*expires_at).u64(*cap),
            ),
            Self::Claim { book: site, line, to, plain } => {
                let (site, mint) = book(site);
                let mut accounts = vec![
                    w(site.address),
                    r(site.authority),
                    r(mint.address),
                    w(site.vault),
                    w(to.destination),
                    r(mint.token_program),
                    maybe(&to.by, s),
                ];
                if *plain {
                    accounts.push(r(PROGRAM));
                }
                (accounts, Data::of("claim").u16(*line).u8(to.bump))
            }
            Self::ClaimMany { book: site, claims } => {
                let (site, mint) = book(site);
                let mut accounts = vec![
                    w(site.address),
                    r(site.authority),
                    r(mint.address),
                    w(site.vault),
                    r(mint.token_program),
                ];
                accounts.extend(claims.iter().map(|(_, destination, _)| w(*destination)));
                let data = Data::of("claim_many").u32(claims.len() as u32);
                (
                    accounts,
                    claims.iter().fold(data, |data, (line, _, bump)| data.u16(*line).u8(*bump)),
                )
            }
            Self::CloseLine { authority, book: site, line } => {
                (vec![s(*authority), w(book(site).0.address)], Data::of("close_line").u16(*line))
            }
            Self::RemoveLine { book: site, line } => {
                (vec![w(book(site).0.address)], Data::of("remove_line").u16(*line))
            }
            Self::CollectFees { book: site, treasury, escrow } => {
                let (site, mint) = book(site);
                (
                    vec![
                        w(site.address),
                        r(site.authority),
                        r(mint.policy),
                        w(mint.address),
                        w(site.vault),
                        maybe(treasury, w),
                        maybe(escrow, w),
                        r(mint.token_program),
                    ],
                    Data::of("collect_fees"),
                )
            }
            Self::CollectEscrow { mint, treasury } => {
                let mint = &places.mints[*mint];
                (
                    vec![
                        r(mint.policy),
                        r(mint.address),
                        w(mint.escrow),
                        maybe(treasury, w),
                        r(mint.token_program),
                    ],
                    Data::of("collect_escrow"),
                )
            }
            Self::CloseBook { payer, book: site, destination } => {
                let (site, mint) = book(site);
                (end(site, ws(*payer), mint, w(*destination)), Data::of("close_book"))
            }
            Self::Reap { book: site, destination } => {
                let (site, mint) = book(site);
                let payer = w(places.person(site.payer));
                (end(site, payer, mint, maybe(destination, w)), Data::of("reap"))
            }
            Self::OpenPool { pool: site } => {
                let (site, mint) = pool(site);
                (
                    vec![
                        ws(places.person(site.owner)),
                        r(mint.address),
                        r(mint.policy),
                        w(site.address),
                        w(site.vault),
                        r(mint.token_program),
                        r(ASSOCIATED),
                        r(SYSTEM),
                    ],
                    Data::of("open_pool").u16(site.id),
                )
            }
            Self::SetUnits { owner, pool: site, who, units } => {
                let (site, _) = pool(site);
                (
                    vec![
                        ws(*owner),
                        w(site.address),
                        r(site.vault),
                        w(site.members[*who]),
                        r(SYSTEM),
                    ],
                    Data::of("set_units").key(&places.person(*who)).u64(*units),
                )
            }
            Self::Distribute { funder, pool: site, source, amount } => {
                let (site, mint) = pool(site);
                (
                    vec![
                        s(*funder),
                        w(site.address),
                        r(mint.address),
                        w(*source),
                        w(site.vault),
                        r(mint.token_program),
                    ],
                    Data::of("distribute").u64(*amount),
                )
            }
            Self::ClaimMember { pool: site, who, to } => {
                let (site, mint) = pool(site);
                (
                    vec![
                        w(site.address),
                        w(site.members[*who]),
                        r(mint.address),
                        w(site.vault),
                        w(to.destination),
                        r(mint.token_program),
                        maybe(&to.by, s),
                    ],
                    Data::of("claim_member").u8(to.bump),
                )
            }
            Self::CloseMember { pool: site, who } => {
                let (site, _) = pool(site);
                let owner = places.person(site.owner);
                (vec![w(owner), w(site.address), w(site.members[*who])], Data::of("close_member"))
            }
            Self::Recover { owner, pool: site, mint, stray, destination } => {
                let (site, mint) = (pool(site).0, &places.mints[*mint]);
                (
                    vec![
                        ws(*owner),
                        r(site.address),
                        r(mint.address),
                        w(*stray),
                        w(*destination),
                        r(mint.token_program),
                    ],
                    Data::of("recover_tokens"),
                )
            }
            Self::ClosePool { owner, pool: site, destination } => {
                let (site, mint) = pool(site);
                (
                    vec![
                        ws(*owner),
                        w(site.address),
                        r(mint.address),
                        w(site.vault),
                        w(*destination),
                        r(mint.token_program),
                    ],
                    Data::of("close_pool"),
                )
            }
            _ => unreachable!("not an instruction of the program: {self:?}"),
        }
    }
}

fn end(
    site: BookSite,
    payer: AccountMeta,
    mint: &MintSite,
    destination: AccountMeta,
) -> Vec<AccountMeta> {
    vec![
        payer,
        w(site.address),
        r(site.authority),
        r(mint.address),
        w(site.vault),
        destination,
        r(mint.token_program),
    ]
}

use anchor_lang::prelude::*;
use pinfi_common::ed25519::{self, Fault};

use crate::{
    errors::{require, require_gt, StreamsError},
    state::{Book, Ledger, SignatureProof, Target, Targets, VoucherSigner},
    ID,
};

/// The plain form of the hot path in `hot/settle.rs`: same name, same meaning, no tricks.
///
/// It serves every call that the hot path passes on, which is each call that will fail, and each
/// that brings an account more than it needs.
#[derive(Accounts)]
pub struct Settle<'info> {
    #[account(mut)]
    pub book: AccountLoader<'info, Book>,

    /// CHECK: the Instructions sysvar by its address; read as bytes.
    #[account(address = Settle::INSTRUCTIONS)]
    pub instructions: UncheckedAccount<'info>,
}

impl Settle<'_> {
    /// The Instructions sysvar.
    pub const INSTRUCTIONS: Pubkey = pubkey!("Sysvar1nstructions1111111111111111111111111");
    /// Where the signed message begins in the instruction's data: behind the discriminator.
    pub const MESSAGE_AT: u16 = 8;
    /// Bytes of the message before the targets.
    pub const DOMAIN_LEN: usize = 32;

    pub fn handle(
        ctx: Context<Self>,
        domain: [u8; 32],
        targets: Targets,
        proof: SignatureProof,
    ) -> Result<()> {
        let Self { book: account, instructions } = ctx.accounts;
        let now = Clock::get()?.unix_timestamp;
        let mut ledger = Ledger::open(account)?;

        // Checks
        require!(!targets.is_empty(), StreamsError::MalformedVoucher);
        let message_len = u16::try_from(Self::DOMAIN_LEN + targets.encoded_len())
            .map_err(|_| StreamsError::MalformedVoucher)?;
        let signer = {
            let sysvar = instructions.try_borrow_data()?;
            let prove = |signer| {
                ed25519::verify(
                    &sysvar,
                    &ed25519::Claim {
                        program_id: ID.as_array(),
                        instruction: proof.instruction,
                        entry: proof.entry,
                        signer: ledger.book.voucher_key(signer).0.as_array(),
                        message_offset: Self::MESSAGE_AT,
                        message_len,
                    },
                )
                .map(|()| signer)
            };
            match prove(VoucherSigner::Present) {
                Err(Fault::OtherSigner) => prove(VoucherSigner::Former),
                proven => proven,
            }
            .map_err(StreamsError::from)?
        };
        require!(domain == ledger.book.voucher_domain, StreamsError::VoucherDomainMismatch);
        require_gt!(ledger.book.voucher_key(signer).1, now, StreamsError::VoucherSignerExpired);

        // Effects
        let raised = match targets {
            Targets::Dense { start, cumulative } => {
                let mut raised = 0u64;
                for (nth, cumulative) in cumulative.into_iter().enumerate() {
                    let line = usize::from(start) + nth;
                    let line = u16::try_from(line).map_err(|_| StreamsError::LineOutOfRange)?;
                    raised = raised.saturating_add(ledger.line(line)?.1.vouch(cumulative, now));
                }
                raised
            }
            Targets::Sparse { entries } => {
                let mut raised = 0u64;
                for Target { line, cumulative } in entries {
                    raised = raised.saturating_add(ledger.line(line)?.1.vouch(cumulative, now));
                }
                raised
            }
        };
        ledger.book.spend_cap(signer, raised)
    }
}

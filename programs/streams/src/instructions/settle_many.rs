use anchor_lang::prelude::*;
use brine_ed25519::{verify_with_hasher_strict, Address};
use pinfi_common::hot::sha512::Sha512;

use crate::{
    errors::{require, StreamsError},
    events::{emit, SettledMany},
    state::{Book, Ledger, Targets, VoucherSigner},
};

/// A voucher together with its signature.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug)]
pub struct SignedVoucher {
    /// By the book's voucher signer, over the book's voucher domain and the targets as sent.
    pub signature: [u8; 64],
    pub targets: Targets,
}

/// Takes the books, one for each voucher, in the same order.
#[derive(Accounts)]
pub struct SettleMany {}

impl<'info> SettleMany {
    /// As many as the report has bits.
    const MAX_VOUCHERS: usize = 64;

    /// Settles one voucher on each of many books, whose payers have nothing to do with each other.
    ///
    /// The signatures are verified here and not by the ed25519 program: each costs some thousand
    /// compute units instead of the fee of one more signature, and less room in the transaction.
    /// A voucher that cannot be settled is passed over and reported, and holds up nobody.
    pub fn handle(ctx: Context<'info, Self>, vouchers: Vec<SignedVoucher>) -> Result<()> {
        let books = ctx.remaining_accounts;
        let now = Clock::get()?.unix_timestamp;

        require!(
            (1..=Self::MAX_VOUCHERS).contains(&vouchers.len()) && vouchers.len() == books.len(),
            StreamsError::VoucherMismatch
        );
        let mut skipped = 0u64;
        for (nth, (voucher, book)) in vouchers.into_iter().zip(books).enumerate() {
            // A book may have been closed since the voucher was packed.
            let settled = match AccountLoader::<Book>::try_from(book) {
                Ok(account) if book.is_writable => {
                    Self::settle(&mut Ledger::open(&account)?, voucher, now)?
                }
                _ => false,
            };
            if !settled {
                skipped |= 1 << nth;
            }
        }

        emit!(SettledMany { skipped });
        Ok(())
    }

    /// Settles, or returns false with nothing changed.
    fn settle(ledger: &mut Ledger, voucher: SignedVoucher, now: i64) -> Result<bool> {
        let SignedVoucher { signature, targets } = voucher;
        let mut targets_sent = Vec::with_capacity(targets.encoded_len());
        targets.serialize(&mut targets_sent)?;
        if targets.is_empty() {
            return Ok(false);
        }
        let message: [&[u8]; 2] = [&ledger.book.voucher_domain, &targets_sent];
        let Some(signer) =
            [VoucherSigner::Present, VoucherSigner::Former].into_iter().find(|signer| {
                let (key, expires_at) = ledger.book.voucher_key(*signer);
                let key = Address::new_from_array(key.to_bytes());
                expires_at > now
                    && verify_with_hasher_strict::<Sha512>(&key, &signature, &message).is_ok()
            })
        else {
            return Ok(false);
        };
        let targets = targets.into_list();
        if targets.iter().any(|target| target.line >= ledger.book.next_line) {
            return Ok(false);
        }
        let capped = ledger.book.is_capped(signer);
        let mut before = Vec::with_capacity(if capped { targets.len() } else { 0 });
        let mut raised = 0u64;
        for target in &targets {
            let line = ledger.line(target.line)?.1;
            if capped {
                before.push(line.vouched);
            }
            raised = raised.saturating_add(line.vouch(target.cumulative, now));
        }
        if capped && ledger.book.spend_cap(signer, raised).is_err() {
            // Back to front: a line may be named twice.
            for (target, vouched) in targets.iter().zip(before).rev() {
                ledger.line(target.line)?.1.vouched = vouched;
            }
            return Ok(false);
        }
        Ok(true)
    }
}

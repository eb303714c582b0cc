use anchor_lang::prelude::*;
use pinfi_common::{governance::Limits, token::PDA_MARKER};
use pinfi_math::fee::fee_between_up;
use solana_sha256_hasher::hashv;

use super::Line;
use crate::{
    errors::{require, require_gt, require_gte, require_keys_eq, StreamsError},
    instructions::SetVoucherSignerArgs,
};

/// One payer's money in one mint, and the lines it is promised to. Header of the account; the
/// lines follow it.
///
/// The discriminator ends with a number for the layout. Who changes the header's length or meaning
/// changes the number: an account of another layout is refused where it is loaded, at no cost.
///
/// Always: `free + committed = deposited - refunded - claimed`, and the vault holds
/// `free + committed + fees_accrued - fees_collected`, donations apart.
#[account(zero_copy, discriminator = Book::LAYOUT_TAG)]
#[derive(Debug)]
pub struct Book {
    /// Deposits, refunds, adds lines and closes the book; gets its rent back.
    pub payer: Pubkey,
    /// Mint of every amount below, all in base units.
    pub mint: Pubkey,
    /// Associated token account of the book's authority address. Holds this book's money and nobody else's.
    pub vault: Pubkey,
    /// Key whose signature makes a voucher.
    pub voucher_signer: Pubkey,
    /// First bytes of every voucher: a hash of the program, the book and the moment it opened, so
    /// that a voucher is good on one cluster for one life of one book.
    pub voucher_domain: [u8; 32],
    /// Alone changes the rate of controlled lines and closes them; the default key for none.
    pub controller: Pubkey,
    /// Unix seconds from which on the signer's vouchers are refused; `i64::MAX` for never.
    pub voucher_expires_at: i64,
    /// Most that the present signer's vouchers may add in all; `u64::MAX` for no limit.
    pub voucher_cap: u64,
    /// What the present signer's vouchers have added; not counted without a limit.
    pub voucher_spent: u64,
    /// Ever put in.
    pub deposited: u64,
    /// Ever returned to the payer.
    pub refunded: u64,
    /// Ever claimed by payees, fees inside.
    pub claimed: u64,
    /// Ever kept as fees.
    pub fees_accrued: u64,
    /// Ever burned or sent to the treasury.
    pub fees_collected: u64,
    /// Promised to no line.
    pub free: u64,
    /// Sum over the lines of `deposit - claimed`.
    pub committed: u64,
    /// Least deposit, copied from the policy when the book opened.
    pub min_deposit: u64,
    /// Slot in which the book opened.
    pub opened_slot: u64,
    /// Seconds for which a line that the payer closes goes on taking vouchers.
    pub grace_seconds: u32,
    /// Lines ever added; indices are never used twice.
    pub next_line: u16,
    /// Lines not yet removed.
    pub line_count: u16,
    /// Tells apart the books of one payer and mint.
    pub id: u16,
    /// Fee on claims in basis points, copied from the policy when the book opened.
    pub fee_bps: u16,
    pub bump: u8,
    /// Of the mint.
    pub decimals: u8,
    /// Bump of the vault's owner.
    pub authority_bump: u8,
    /// First byte of the address of the vault's owner.
    pub authority_tag: u8,
    /// Voucher signer before the present one. What it has signed is still good for the book's
    /// grace period, so that a payee loses nothing to a change of keys.
    pub former_signer: Pubkey,
    /// Unix seconds from which on the former signer's vouchers are refused.
    pub former_expires_at: i64,
    pub former_cap: u64,
    pub former_spent: u64,
    /// Unix seconds at which a line was last removed or free tokens last taken out.
    pub last_taken_at: i64,
}

/// Which of a book's two keys signed a voucher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoucherSigner {
    Present,
    Former,
}

impl Book {
    pub const SEED: &'static [u8] = b"book";
    /// First seven bytes of sha256("account:Book"), and the layout's number.
    const LAYOUT_TAG: &'static [u8] = &[121, 34, 121, 35, 91, 62, 85, 2];
    /// Of the vault's owner, before the book's address. Not the book itself: handing an account to
    /// the token program costs by its length, and a book is long.
    pub const AUTHORITY_SEED: &'static [u8] = b"authority";
    pub const GRACE_SECONDS: Limits = Limits::new(15 * 60, 30 * 24 * 60 * 60);
    /// For so long a book that has become empty waits for its payer before anybody may clear it away.
    pub const REAP_DELAY_SECONDS: i64 = 24 * 60 * 60;

    pub fn deposit(&mut self, amount: u64) -> Result<()> {
        self.deposited = self.deposited.checked_add(amount).ok_or(StreamsError::MathOverflow)?;
        self.free += amount;
        self.invariant()
    }

    pub fn refund(&mut self, amount: u64, now: i64) -> Result<()> {
        require_gt!(amount, 0, StreamsError::ZeroAmount);
        require_gte!(self.free, amount, StreamsError::ExceedsFree);
        self.free -= amount;
        self.refunded += amount;
        self.last_taken_at = now;
        self.invariant()
    }

    /// Sets `amount` aside for a line.
    pub fn commit(&mut self, amount: u64) -> Result<()> {
        require_gte!(self.free, amount, StreamsError::ExceedsFree);
        self.free -= amount;
        self.committed += amount;
        self.invariant()
    }

    /// Takes back what a line gave up.
    pub fn release(&mut self, amount: u64) -> Result<()> {
        self.committed -= amount;
        self.free += amount;
        self.invariant()
    }

    /// Counts a line that was removed.
    pub fn drop_line(&mut self, now: i64) {
        self.line_count -= 1;
        self.last_taken_at = now;
    }

    /// Whether anybody may clear the book away: it has had lines, is empty, and its payer has had the
    /// time to put something in again or to close it.
    pub fn require_spent(&self, now: i64) -> Result<()> {
        require!(
            self.next_line > 0 && self.line_count == 0 && self.free == 0,
            StreamsError::BookNotSpent
        );
        let reapable_at = self.last_taken_at.saturating_add(Self::REAP_DELAY_SECONDS);
        require_gte!(now, reapable_at, StreamsError::BookJustEmptied);
        Ok(())
    }

    /// Books all that is due on `line` as paid: the amount, and the fee in it, which stays in the
    /// vault.
    #[inline(never)]
    pub fn claim(&mut self, line: &mut Line, now: i64) -> Result<(u64, u64)> {
        let amount = line.claim(now)?;
        // Owed on the running total, so that claiming in small steps costs the payee nothing.
        let fee = fee_between_up(line.claimed - amount, line.claimed, self.fee_bps);
        self.committed -= amount;
        self.claimed += amount;
        self.fees_accrued += fee;
        self.invariant()?;
        Ok((amount, fee))
    }

    pub fn fees_due(&self) -> u64 {
        self.fees_accrued - self.fees_collected
    }

    /// Books all fees due as collected and returns them.
    pub fn collect_fees(&mut self) -> Result<u64> {
        let due = self.fees_due();
        require_gt!(due, 0, StreamsError::NothingToCollect);
        self.fees_collected = self.fees_accrued;
        self.invariant()?;
        Ok(due)
    }

    /// Whether `payee` is this book, at `address`, its vault or the vault's owner: nobody could be paid
    /// there. The owner's address is made only for a payee that begins like it.
    pub fn is_own(&self, payee: &Pubkey, address: &Pubkey) -> bool {
        payee == address
            || *payee == self.vault
            || self.authority_tag == payee.to_bytes()[0] && {
                let (book, bump) = (address.as_ref(), [self.authority_bump]);
                let parts = [Self::AUTHORITY_SEED, book, &bump, crate::ID.as_ref(), PDA_MARKER];
                hashv(&parts).to_bytes() == payee.to_bytes()
            }
    }

    /// Key of a signer and the unix seconds from which on its vouchers are refused.
    pub fn voucher_key(&self, signer: VoucherSigner) -> (Pubkey, i64) {
        match signer {
            VoucherSigner::Present => (self.voucher_signer, self.voucher_expires_at),
            VoucherSigner::Former => (self.former_signer, self.former_expires_at),
        }
    }

    pub fn is_capped(&self, signer: VoucherSigner) -> bool {
        let cap = match signer {
            VoucherSigner::Present => self.voucher_cap,
            VoucherSigner::Former => self.former_cap,
        };
        cap != u64::MAX
    }

    /// Counts what a signer's vouchers add, if it has a cap.
    pub fn spend_cap(&mut self, signer: VoucherSigner, raised: u64) -> Result<()> {
        if !self.is_capped(signer) {
            return Ok(());
        }
        let (cap, spent) = match signer {
            VoucherSigner::Present => (self.voucher_cap, &mut self.voucher_spent),
            VoucherSigner::Former => (self.former_cap, &mut self.former_spent),
        };
        let sum = spent.saturating_add(raised);
        require_gte!(cap, sum, StreamsError::CapExceeded);
        *spent = sum;
        Ok(())
    }

    /// Hands the right to sign vouchers to `signer`, in a way that takes nothing from who holds a
    /// voucher already.
    ///
    /// What the key before has signed stays good for the grace period, or as long as that key had
    /// anyway; so there is one change in that time. The terms of the present key can only be
    /// extended: naming it again with less would void what it has signed.
    pub fn set_voucher_signer(&mut self, terms: SetVoucherSignerArgs, now: i64) -> Result<()> {
        let SetVoucherSignerArgs { signer, expires_at, cap } = terms;
        // Before the first line nobody can hold a voucher.
        let in_use = self.next_line > 0;
        if in_use && signer == self.voucher_signer {
            require!(
                expires_at >= self.voucher_expires_at && cap >= self.voucher_cap,
                StreamsError::SignerTightened
            );
        } else {
            if in_use {
                require_gte!(now, self.former_expires_at, StreamsError::SignerChanging);
                let grace = now.saturating_add(i64::from(self.grace_seconds));
                self.former_signer = self.voucher_signer;
                self.former_expires_at = self.voucher_expires_at.min(grace);
                self.former_cap = self.voucher_cap;
                self.former_spent = self.voucher_spent;
            }
            self.voucher_signer = signer;
            self.voucher_spent = 0;
        }
        self.voucher_expires_at = expires_at;
        self.voucher_cap = cap;
        Ok(())
    }

    /// A controlled line obeys the controller alone, any other line the payer alone.
    pub fn require_line_authority(&self, line: &Line, signer: &Pubkey) -> Result<()> {
        let authority = if line.has(Line::CONTROLLED) { self.controller } else { self.payer };
        require_keys_eq!(*signer, authority, StreamsError::NotLineAuthority);
        Ok(())
    }

    fn invariant(&self) -> Result<()> {
        require!(
            self.free.checked_add(self.committed)
                == Some(self.deposited - self.refunded - self.claimed)
                && self.fees_collected <= self.fees_accrued
                && self.fees_accrued <= self.claimed,
            StreamsError::BrokenInvariant
        );
        Ok(())
    }
}

/// What the owner of a book's vault signs with.
pub struct AuthoritySeeds {
    book: Pubkey,
    bump: [u8; 1],
}

impl AuthoritySeeds {
    pub fn of(address: Pubkey, book: &Book) -> Self {
        Self { book: address, bump: [book.authority_bump] }
    }

    pub fn as_slices(&self) -> [&[u8]; 3] {
        [Book::AUTHORITY_SEED, self.book.as_ref(), &self.bump]
    }
}

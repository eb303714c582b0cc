//! A book's money: in, out, fees, and its beginning and end.

use simulator::{addresses::associated, Refusal};
use solana_address::Address;

use super::{sum, Model};
use crate::streams::{
    places::{BookSite, Places},
    program::domain,
    state::{Account, Book, Hand},
};

/// Seconds of grace a book may have.
const GRACE: core::ops::RangeInclusive<u32> = 900..=2_592_000;

/// For so many seconds an empty book is left to its payer.
const DAY: i64 = 86_400;

impl Model<'_> {
    pub(super) fn open_book(
        &mut self,
        places: &Places,
        site: BookSite,
        grace: u32,
        signer: &Option<Address>,
        controller: &Option<Address>,
    ) -> Result<(), Refusal> {
        let mint = &places.mints[site.mint];
        let policy = self.policy(&mint.policy)?;
        if !policy.enabled || !GRACE.contains(&grace) {
            return Err("the mint is not enabled or the grace out of range");
        }
        if self.accounts.contains_key(&site.address) {
            return Err("the book is open");
        }
        self.ensure_tokens(&site.vault, &site.authority, &mint.address);
        let payer = places.person(site.payer);
        let book = Book {
            payer,
            mint: mint.address,
            vault: site.vault,
            domain: domain(&site.address, &self.hash, self.slot),
            controller: controller.unwrap_or_default(),
            present: Hand {
                key: signer.unwrap_or(payer),
                expires_at: i64::MAX,
                cap: u64::MAX,
                spent: 0,
            },
            former: Hand::default(),
            deposited: 0,
            refunded: 0,
            claimed: 0,
            fees_accrued: 0,
            fees_collected: 0,
            free: 0,
            committed: 0,
            min_deposit: policy.min_deposit,
            opened_slot: self.slot,
            grace_seconds: grace,
            line_count: 0,
            id: site.id,
            fee_bps: policy.fee_bps,
            capacity: 0,
            last_taken_at: 0,
            lines: Vec::new(),
        };
        self.put(site.address, Account::Book(Box::new(book)));
        Ok(())
    }

    pub(super) fn deposit(
        &mut self,
        site: BookSite,
        funder: &Address,
        source: &Address,
        amount: u64,
    ) -> Result<(), Refusal> {
        let book = self.book_mut(&site.address)?;
        if amount == 0 || amount < book.min_deposit {
            return Err("too little");
        }
        book.deposited = sum(book.deposited, amount)?;
        book.free = sum(book.free, amount)?;
        if self.token(source)?.owner != *funder {
            return Err("the source is somebody else's");
        }
        self.transfer(source, &site.vault, amount)
    }

    pub(super) fn refund(
        &mut self,
        site: BookSite,
        payer: &Address,
        destination: &Address,
        amount: u64,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let book = self.own_book(&site, payer)?;
        if amount == 0 || amount > book.free {
            return Err("nothing, or more than is free");
        }
        book.free -= amount;
        book.refunded += amount;
        book.last_taken_at = now;
        let mint = book.mint;
        self.require_of(destination, &mint, payer)?;
        self.transfer(&site.vault, destination, amount)
    }

    pub(super) fn close_book(
        &mut self,
        places: &Places,
        site: BookSite,
        payer: &Address,
        destination: &Address,
    ) -> Result<(), Refusal> {
        self.own_book(&site, payer)?;
        self.end_book(places, site, Some(*destination))
    }

    pub(super) fn reap(
        &mut self,
        places: &Places,
        site: BookSite,
        destination: &Option<Address>,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let book = self.book_mut(&site.address)?;
        if book.lines.is_empty() || book.free > 0 {
            return Err("the book is not spent");
        }
        if now < book.last_taken_at + DAY {
            return Err("its payer may still want it");
        }
        let mint = &places.mints[site.mint];
        let payer = places.person(site.payer);
        let own = associated(&payer, &mint.token_program, &mint.address);
        if destination.is_some_and(|destination| destination != own) {
            return Err("the payer has not picked that account");
        }
        self.end_book(places, site, *destination)
    }

    fn end_book(
        &mut self,
        places: &Places,
        site: BookSite,
        destination: Option<Address>,
    ) -> Result<(), Refusal> {
        let (slot, payer) = (self.slot, places.person(site.payer));
        let book = self.book_mut(&site.address)?;
        if book.line_count > 0 || book.fees_accrued > book.fees_collected {
            return Err("lines or fees are left");
        }
        if slot <= book.opened_slot {
            return Err("opened in this slot");
        }
        if let Some(destination) = &destination {
            self.require_of(destination, &places.mints[site.mint].address, &payer)?;
        }
        self.empty_and_close(&site.vault, destination)?;
        self.accounts.remove(&site.address);
        Ok(())
    }

    /// Empties a vault and closes it.
    pub(super) fn empty_and_close(
        &mut self,
        vault: &Address,
        destination: Option<Address>,
    ) -> Result<(), Refusal> {
        let amount = self.token(vault)?.amount;
        if amount > 0 {
            self.transfer(vault, &destination.ok_or("no destination for what is left")?, amount)?;
        }
        self.accounts.remove(vault).map(|_| ()).ok_or("there is no vault")
    }
}

//! The lines of a book: made, funded, paid, ended.

use simulator::Refusal;
use solana_address::Address;

use super::{
    line::{bring_up, earned_at, fee_on, is_closed, require_open},
    Model,
};
use crate::streams::{
    action::{NewLine, Payment},
    places::{BookSite, Places},
    state::{Book, Line},
};

fn line_mut(book: &mut Book, line: u16) -> Result<&mut Line, Refusal> {
    book.lines.get_mut(usize::from(line)).ok_or("no such line")
}

/// Pays what is due on a line out of a book's sums; returns what the payee gets.
fn book_claim(book: &mut Book, line: u16, now: i64) -> Result<u64, Refusal> {
    let bps = book.fee_bps;
    let line = line_mut(book, line)?;
    bring_up(line, now);
    let (before, earned) = (line.claimed, earned_at(line, now));
    if line.removed || earned == before {
        return Err("nothing is due");
    }
    line.claimed = earned;
    let (gross, fee) = (earned - before, (fee_on(earned, bps) - fee_on(before, bps)) as u64);
    book.committed -= gross;
    book.claimed += gross;
    book.fees_accrued += fee;
    Ok(gross - fee)
}

/// A controlled line obeys the controller, any other the payer.
fn require_authority(book: &Book, line: &Line, signer: &Address) -> Result<(), Refusal> {
    let authority = if line.controlled { book.controller } else { book.payer };
    match authority == *signer {
        true => Ok(()),
        false => Err("not the line's authority"),
    }
}

impl Model<'_> {
    pub(super) fn reserve_lines(
        &mut self,
        site: BookSite,
        payer: &Address,
        count: u16,
    ) -> Result<(), Refusal> {
        let book = self.own_book(&site, payer)?;
        let total = book.capacity + usize::from(count);
        if !(1..=106).contains(&count) || total > usize::from(u16::MAX) {
            return Err("too many at once or at all");
        }
        book.capacity = total;
        Ok(())
    }

    pub(super) fn add_line(
        &mut self,
        site: BookSite,
        payer: &Address,
        new: &NewLine,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let book = self.own_book(&site, payer)?;
        let next = book.lines.len();
        if usize::from(new.line) != next || next >= usize::from(u16::MAX) {
            return Err("not the next line");
        }
        if new.payee == Address::default()
            || [site.address, site.authority, site.vault].contains(&new.payee)
        {
            return Err("nobody can be paid there");
        }
        if new.controlled && book.controller == Address::default() {
            return Err("there is no controller");
        }
        if new.deposit > book.free {
            return Err("more than is free");
        }
        book.free -= new.deposit;
        book.committed += new.deposit;
        book.capacity = book.capacity.max(next + 1);
        book.line_count += 1;
        book.lines.push(Line {
            payee: new.payee,
            deposit: new.deposit,
            rate: new.rate,
            accrued_at: now,
            controlled: new.controlled,
            ..Line::default()
        });
        Ok(())
    }

    pub(super) fn fund_line(
        &mut self,
        site: BookSite,
        payer: &Address,
        line: u16,
        amount: u64,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let book = self.own_book(&site, payer)?;
        if amount == 0 || amount > book.free {
            return Err("nothing, or more than is free");
        }
        book.free -= amount;
        book.committed += amount;
        let line = line_mut(book, line)?;
        require_open(line)?;
        bring_up(line, now);
        line.deposit += amount;
        Ok(())
    }

    pub(super) fn set_rate(
        &mut self,
        site: BookSite,
        authority: &Address,
        line: u16,
        rate: u64,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let book = self.book_mut(&site.address)?;
        require_authority(book, line_mut(&mut book.clone(), line)?, authority)?;
        let line = line_mut(book, line)?;
        require_open(line)?;
        bring_up(line, now);
        line.rate = rate;
        line.accrued_at = line.accrued_at.max(now);
        Ok(())
    }

    pub(super) fn claim(
        &mut self,
        places: &Places,
        site: BookSite,
        line: u16,
        to: &Payment,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let book = self.book_mut(&site.address)?;
        let Line { payee, released, .. } = *line_mut(book, line)?;
        let net = book_claim(book, line, now)?;
        self.require_reaches(to, &places.mints[site.mint], &payee, released)?;
        if to.destination == site.vault {
            return Err("the vault cannot pay itself");
        }
        self.transfer(&site.vault, &to.destination, net)
    }

    pub(super) fn claim_many(
        &mut self,
        places: &Places,
        site: BookSite,
        claims: &[(u16, Address, u8)],
    ) -> Result<(), Refusal> {
        let (now, mint) = (self.now, &places.mints[site.mint]);
        self.book_mut(&site.address)?;
        if !(1..=32).contains(&claims.len()) {
            return Err("none or too many");
        }
        for (line, destination, bump) in claims {
            let Ok(state) = line_mut(self.book_mut(&site.address)?, *line) else { continue };
            // Also where it is passed over: that changes nobody's money.
            bring_up(state, now);
            let Line { payee, released, .. } = *state;
            let to = Payment { destination: *destination, bump: *bump, by: None };
            let reachable = self.require_reaches(&to, mint, &payee, released).is_ok()
                && *destination != site.vault
                && !self.token(destination)?.frozen;
            if !reachable {
                continue;
            }
            if let Ok(net) = book_claim(self.book_mut(&site.address)?, *line, now) {
                self.transfer(&site.vault, destination, net)?;
            }
        }
        Ok(())
    }

    pub(super) fn close_line(
        &mut self,
        site: BookSite,
        authority: &Address,
        line: u16,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let book = self.book_mut(&site.address)?;
        let state = line_mut(&mut book.clone(), line)?.clone();
        if state.removed {
            return Err("the line is gone");
        }
        let at = if state.payee == *authority {
            now
        } else {
            require_authority(book, &state, authority)?;
            now + i64::from(book.grace_seconds)
        }
        .max(1);
        if state.closing_at != 0 && state.closing_at <= at {
            return Err("the line ends as early already");
        }
        let state = line_mut(book, line)?;
        bring_up(state, now);
        state.rate = 0;
        state.closing_at = at;
        Ok(())
    }

    pub(super) fn remove_line(&mut self, site: BookSite, line: u16) -> Result<(), Refusal> {
        let now = self.now;
        let book = self.book_mut(&site.address)?;
        let state = line_mut(book, line)?;
        if state.removed || !is_closed(state, now) {
            return Err("the line is not closed, or gone");
        }
        let (rest, again) = (state.deposit - earned_at(state, now), state.released);
        state.deposit -= rest;
        state.released = true;
        let paid = state.claimed == state.deposit;
        if again && !paid {
            return Err("the payee is not paid yet");
        }
        if paid {
            *state = Line { closing_at: i64::MIN, removed: true, ..Line::default() };
            book.line_count -= 1;
            book.last_taken_at = now;
        }
        book.committed -= rest;
        book.free += rest;
        Ok(())
    }
}

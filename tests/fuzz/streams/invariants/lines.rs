//! What lines may become.

use simulator::{ensure, Verdict};

use crate::streams::{
    facts::{books, changed_lines, surviving, vouchers, Facts},
    model::line::earned_at,
    state::{Hand, Line},
};

pub fn paid_is_monotone_and_signed(facts: &Facts) -> Verdict {
    for (at, book) in books(facts.after) {
        for (nth, line) in book.lines.iter().enumerate() {
            let earned =
                (u128::from(line.accrued) + u128::from(line.vouched)).min(u128::from(line.deposit));
            ensure(u128::from(line.claimed) <= earned, || {
                format!("line {nth} of {at} was paid {} and had earned {earned}", line.claimed)
            })?;
            let signed = facts.memory.signed.get(&(book.domain, nth));
            let highest = signed.and_then(|totals| totals.last()).copied().unwrap_or_default();
            ensure(line.vouched <= highest, || {
                format!("line {nth} of {at} is at {}, {highest} was signed", line.vouched)
            })?;
        }
    }
    for (at, before, after) in surviving(facts) {
        for (nth, old, new) in changed_lines(before, after).filter(|(_, _, new)| !new.removed) {
            ensure(new.claimed >= old.claimed && new.vouched >= old.vouched, || {
                format!("line {nth} of {at} fell: {old:?} became {new:?}")
            })?;
        }
    }
    Ok(())
}

pub fn vouchers_count_once(facts: &Facts) -> Verdict {
    for (at, before, after) in surviving(facts) {
        for (nth, old, new) in changed_lines(before, after) {
            if new.vouched == old.vouched || new.removed {
                continue;
            }
            let named = vouchers(facts).iter().any(|(_, voucher)| {
                voucher.domain == before.domain
                    && before.takes_from(&voucher.signer)
                    && voucher.targets.list().contains(&(nth as u32, new.vouched))
            });
            ensure(named, || {
                format!("line {nth} of {at} went to {}, which no voucher says", new.vouched)
            })?;
            let again = facts.memory.raised.contains(&(before.domain, nth, new.vouched));
            ensure(!again, || format!("line {nth} of {at} went to {} twice", new.vouched))?;
        }
        let raised: u128 = changed_lines(before, after)
            .map(|(_, old, new)| u128::from(new.vouched.saturating_sub(old.vouched)))
            .sum();
        let room = [&before.present, &before.former].map(|hand| match hand {
            hand if hand.expires_at <= facts.now => 0,
            hand if hand.cap == u64::MAX => u128::MAX,
            hand => u128::from(hand.cap.saturating_sub(hand.spent)),
        });
        ensure(raised <= room[0].saturating_add(room[1]), || {
            format!("book {at} took {raised} from signers that had {room:?} left")
        })?;
    }
    Ok(())
}

pub fn debt_only_grows(facts: &Facts) -> Verdict {
    for (at, book) in books(facts.after) {
        for (nth, line) in book.lines.iter().enumerate() {
            let run = facts.memory.run.get(&(book.domain, nth)).copied().unwrap_or_default();
            ensure(u128::from(line.accrued) <= run, || {
                format!("line {nth} of {at} accrued {}, its rates made {run}", line.accrued)
            })?;
            ensure(line.accrued <= line.deposit, || {
                format!("line {nth} of {at} accrued {} of {}", line.accrued, line.deposit)
            })?;
            // W14: whenever the vouchers were settled, and however often anybody claimed.
            let by_rate = facts.memory.earned.get(&(book.domain, nth)).copied();
            let Some(by_rate) = by_rate.unwrap_or(Some(0)).filter(|_| !line.removed) else {
                continue;
            };
            let (earned, due) = (
                u128::from(earned_at(line, facts.now)),
                by_rate.saturating_add(u128::from(line.vouched)).min(u128::from(line.deposit)),
            );
            ensure(earned == due, || {
                format!("line {nth} of {at} has earned {earned}, its rates and vouchers make {due}")
            })?;
        }
    }
    for (at, before, after) in surviving(facts) {
        for (nth, old, new) in changed_lines(before, after) {
            let owed = earned_at(old, facts.now);
            let holds = match new.removed {
                true => old.removed || old.claimed == owed,
                false => earned_at(new, facts.now) >= owed,
            };
            ensure(holds, || format!("line {nth} of {at} had earned {owed}, and now: {new:?}"))?;
        }
    }
    Ok(())
}

/// Where a line stands in its life.
fn stage(line: &Line) -> u8 {
    match (line.removed, line.released, line.closing_at) {
        (true, ..) => 3,
        (_, true, _) => 2,
        (_, _, 0) => 0,
        _ => 1,
    }
}

pub fn transitions_are_allowed(facts: &Facts) -> Verdict {
    for (at, before, after) in surviving(facts) {
        ensure(after.lines.len() >= before.lines.len(), || format!("{at} lost lines"))?;
        for (nth, old, new) in changed_lines(before, after) {
            let say = |what: &str| format!("line {nth} of {at} {what}: {old:?} became {new:?}");
            ensure(stage(new) >= stage(old) && !old.removed, || say("came back"))?;
            if new.removed {
                continue;
            }
            ensure(new.payee == old.payee && new.controlled == old.controlled, || {
                say("changed hands")
            })?;
            if stage(new) > 0 {
                ensure(new.rate == 0, || say("runs while it ends"))?;
                ensure(stage(old) == 0 || new.closing_at <= old.closing_at, || {
                    say("ends later than was said")
                })?;
                ensure(new.deposit <= old.deposit || stage(old) == 0, || say("was funded late"))?;
            }
            if stage(new) == 2 && stage(old) < 2 {
                ensure(old.closing_at != 0 && old.closing_at <= facts.now, || {
                    say("was released early")
                })?;
            }
        }
    }
    Ok(())
}

pub fn grace_is_given(facts: &Facts) -> Verdict {
    for (at, before, after) in surviving(facts) {
        let (old, new) = (&before.present, &after.present);
        if old.key != new.key && !before.lines.is_empty() {
            let end = (facts.now + i64::from(before.grace_seconds)).min(old.expires_at);
            let kept = Hand { expires_at: end, ..old.clone() };
            ensure(after.former == kept && before.former.expires_at <= facts.now, || {
                format!("{at} forgets its signer {old:?}: {:?}", after.former)
            })?;
        } else if !before.lines.is_empty() {
            let wider = new.expires_at >= old.expires_at && new.cap >= old.cap;
            ensure(wider && new.spent >= old.spent, || {
                format!("{at} cuts its signer short: {old:?} became {new:?}")
            })?;
        }
        for (nth, old, new) in changed_lines(before, after) {
            let began = old.closing_at == 0 && new.closing_at != 0 && !new.removed;
            if began && !facts.signers.contains(&old.payee) {
                let end = facts.now + i64::from(before.grace_seconds);
                ensure(new.closing_at >= end, || {
                    format!("line {nth} of {at} ends at {}, not {end}", new.closing_at)
                })?;
            }
        }
    }
    Ok(())
}

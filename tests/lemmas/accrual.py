"""What runs up by the second: programs/math/src/stream.rs and line.rs."""

import z3

from prover import I64, amounts, fallacy, lemma, least, most, within


def accrued(rate, seconds, cap):
    """stream::accrued as it is written: the product is formed only where it is within `cap`."""
    covered = z3.If(rate == 0, 0, cap / rate)
    return z3.If(rate == 0, 0, z3.If(seconds > covered, cap, seconds * rate))


def earned(deposit, accrued, vouched):
    """line::earned."""
    return least(deposit, accrued + vouched)


def accrued_by(ran, deposit, before):
    """line::accrued_by, with `ran` = rate * seconds; the lemma on `accrued` allows to write it so."""
    return before + least(ran, most(deposit - before, 0))


@lemma("accrual", "stream::accrued is min(rate * seconds, cap): its division only avoids overflow")
def division():
    rate, seconds, cap = amounts("rate seconds cap")
    given = within(rate, seconds, cap)
    # z3 divides by a variable only with this definition of quotient and rest at hand.
    given.append(z3.Implies(rate > 0, z3.And(cap / rate * rate <= cap, cap < (cap / rate + 1) * rate)))
    given.append(z3.Implies(seconds > cap / rate, (seconds - cap / rate - 1) * rate >= 0))
    given.append(z3.Implies(seconds <= cap / rate, (cap / rate - seconds) * rate >= 0))
    return given, accrued(rate, seconds, cap) == least(rate * seconds, cap)


@lemma("accrual", "stream::accrued stays within cap, so its product fits 64 bits")
def bounded():
    rate, seconds, cap = amounts("rate seconds cap")
    given = within(rate, seconds, cap)
    given.append(z3.Implies(rate > 0, cap / rate * rate <= cap))
    given.append(z3.Implies(seconds <= cap / rate, (cap / rate - seconds) * rate >= 0))
    result = accrued(rate, seconds, cap)
    return given, z3.And(result >= 0, result <= cap)


@lemma("accrual", "more time never makes less: line::accrued_by is monotone in time, rate and deposit")
def monotone():
    ran, later, deposit, topped, before = amounts("ran later deposit topped before")
    given = within(deposit, topped, before) + within(ran, later, below=2 * I64 * I64)
    given += [ran <= later, deposit <= topped]
    less, more = (accrued_by(r, d, before) for r, d in [(ran, deposit), (later, topped)])
    return given, z3.And(less <= more, less >= before)


@lemma("accrual", "what is earned never exceeds the deposit, whatever was signed or ran up")
def covered():
    ran, deposit, before, vouched = amounts("ran deposit before vouched")
    given = within(deposit, before, vouched) + within(ran, below=2 * I64 * I64)
    given.append(before <= deposit)
    after = accrued_by(ran, deposit, before)
    return given, z3.And(earned(deposit, after, vouched) <= deposit, after <= deposit)


@lemma("accrual", "a rate uses up the deposit after a finite time, whatever was vouched")
def finite():
    rate, seconds, deposit, before = amounts("rate seconds deposit before")
    given = within(rate, seconds, deposit, before) + [rate > 0, before <= deposit]
    given += [seconds >= deposit - before, (rate - 1) * seconds >= 0]
    return given, accrued_by(rate * seconds, deposit, before) == deposit


def steps(second_room):
    rate, first, second, deposit, before = amounts("rate first second deposit before")
    given = within(rate, first, second, deposit, before)
    at_once = accrued_by(rate * (first + second), deposit, before)
    between = accrued_by(rate * first, deposit, before)
    room = most(deposit - second_room(before, between), 0)
    given += [rate * first >= 0, rate * second >= 0]
    return given, between + least(rate * second, room) == at_once


@lemma("accrual", "line::accrued_by in two steps is line::accrued_by at once: poking changes nothing")
def split():
    return steps(lambda before, between: between)


@fallacy("accrual", "FALSE: the room found before the first step may be used for the second")
def split_with_old_room():
    return steps(lambda before, between: before)


@lemma("accrual", "time after the rate has used up the deposit is not paid for by a later top-up (accrue, then fund)")
def dry():
    ran, deposit, top_up, before = amounts("ran deposit top_up before")
    given = within(deposit, top_up, before) + within(ran, below=2 * I64 * I64)
    given.append(before >= deposit)
    after = accrued_by(ran, deposit, before)
    return given, z3.And(after == before, accrued_by(0, deposit + top_up, after) == before)


@fallacy("accrual", "FALSE: the same, with the top-up booked before what ran up (fund, then accrue)")
def dry_backwards():
    ran, deposit, top_up, before = amounts("ran deposit top_up before")
    given = within(ran, deposit, top_up, before) + [before >= deposit]
    return given, accrued_by(ran, deposit + top_up, before) == before

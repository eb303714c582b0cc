"""Vouchers in any order and at any time: programs/streams/src/state/line.rs."""

from itertools import permutations

import z3

from accrual import accrued_by, earned
from prover import amounts, fallacy, lemma, least, most, within

LINES = 2
VOUCHERS = 3


class Line:
    """What vouchers see of a line: how much was vouched, and whether it is closed."""

    def __init__(self, n):
        (self.vouched,) = amounts(f"vouched{n}")
        self.closed = z3.Bool(f"closed{n}")
        self.given = within(self.vouched)

    def vouch(self, vouched, total):
        """Line::vouch: an older total and a closed line change nothing."""
        return z3.If(z3.And(total > vouched, z3.Not(self.closed)), total, vouched)

    def assign(self, vouched, total):
        """What a settle without the comparison would do."""
        return z3.If(self.closed, vouched, total)


def orders(how, count=VOUCHERS):
    lines = [Line(n) for n in range(LINES)]
    vouchers = [amounts(" ".join(f"v{k}l{n}" for n in range(LINES))) for k in range(count)]
    given = sum((line.given for line in lines), []) + within(*sum(vouchers, []))
    outcomes = []
    for order in permutations(vouchers):
        states = [line.vouched for line in lines]
        for voucher in order:
            states = [how(line)(s, total) for line, s, total in zip(lines, states, voucher)]
        outcomes.append(states)
    return given, lines, vouchers, outcomes


def equal(one, other):
    return z3.And(*(a == b for a, b in zip(one, other)))


@lemma("settle", f"{VOUCHERS} vouchers on {LINES} lines end the same in every order (no cap)")
def any_order():
    given, _, _, outcomes = orders(lambda line: line.vouch)
    return given, z3.And(*(equal(outcomes[0], other) for other in outcomes[1:]))


@fallacy("settle", "FALSE: they do so, too, if a line just takes the last total it is shown")
def any_order_by_assignment():
    given, _, _, outcomes = orders(lambda line: line.assign, count=2)
    return given, z3.And(*(equal(outcomes[0], other) for other in outcomes[1:]))


@lemma("settle", "a line ends at the highest total signed, or where it was")
def highest():
    given, lines, vouchers, outcomes = orders(lambda line: line.vouch)
    claims = []
    for n, line in enumerate(lines):
        top = line.vouched
        for voucher in vouchers:
            top = most(top, voucher[n])
        claims.append(outcomes[0][n] == z3.If(line.closed, line.vouched, top))
    return given, z3.And(*claims)


@lemma("settle", "a voucher that comes twice counts once")
def once():
    line, (total, between) = Line(0), amounts("total between")
    first = line.vouch(line.vouch(line.vouched, total), between)
    given = line.given + within(total, between)
    return given, equal([line.vouch(first, total)], [first])


STEPS = 3


def runs(advance):
    """All that one line pays over STEPS steps, each with a time that runs up (at any rate) and then a
    top-up, for each moment at which a voucher may be settled; claims are made or not before each step.
    """
    deposit, accrued, before, total = amounts("deposit accrued before total")
    ran = amounts(" ".join(f"ran{n}" for n in range(STEPS)))
    top_up = amounts(" ".join(f"top_up{n}" for n in range(STEPS)))
    claims = [z3.Bool(f"claim{n}") for n in range(STEPS + 1)]
    given = within(deposit, accrued, before, total, *ran, *top_up)
    given += [accrued <= deposit, before <= total]

    def paid(settled, claims):
        cover, sum_ran, vouched, claimed, due = deposit, accrued, before, 0, []
        for n in range(STEPS + 1):
            vouched = total if n == settled else vouched
            owed = earned(cover, sum_ran, vouched)
            due.append(owed - claimed)
            claimed = z3.If(claims[n], owed, claimed)
            if n < STEPS:
                sum_ran = advance(ran[n], cover, sum_ran, vouched)
                cover = cover + top_up[n]
        last = earned(cover, sum_ran, vouched)
        return claimed + (last - claimed), due

    never = [z3.BoolVal(False)] * (STEPS + 1)
    return given, [paid(n, claims) for n in range(STEPS + 1)] + [paid(0, never)]


@lemma("settle", f"W14: a voucher settled at any moment of {STEPS}, claims between or not: one total")
def any_moment():
    given, outcomes = runs(lambda ran, deposit, accrued, vouched: accrued_by(ran, deposit, accrued))
    return given, z3.And(*(outcomes[0][0] == total for total, _ in outcomes[1:]))


@lemma("settle", "what is due never falls below zero: a line never claims more than it has earned")
def never_negative():
    given, outcomes = runs(lambda ran, deposit, accrued, vouched: accrued_by(ran, deposit, accrued))
    return given, z3.And(*(amount >= 0 for _, due in outcomes for amount in due))


@fallacy("settle", "FALSE: so it is, too, if vouchers take room from the rate")
def any_moment_with_shared_room():
    given, outcomes = runs(
        lambda ran, deposit, accrued, vouched: accrued
        + least(ran, deposit - earned(deposit, accrued, vouched))
    )
    return given, z3.And(*(outcomes[0][0] == total for total, _ in outcomes[1:]))

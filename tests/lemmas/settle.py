"""Vouchers in any order: Line::vouch in programs/streams/src/state/line.rs."""

from itertools import permutations

import z3

from accrual import accrued_by
from prover import amounts, fallacy, lemma, most, within

LINES = 2
VOUCHERS = 3


class Line:
    """A line at one moment: `ran` is its rate times the seconds since it was last brought up."""

    def __init__(self, n):
        self.vouched, self.accrued, self.ran, self.deposit = amounts(
            f"vouched{n} accrued{n} ran{n} deposit{n}"
        )
        self.closed = z3.Bool(f"closed{n}")
        self.given = within(self.vouched, self.accrued, self.ran, self.deposit)

    def start(self):
        return (self.vouched, self.accrued, self.ran)

    def vouch(self, state, total):
        """Line::vouch: an older total and a closed line change nothing; else what ran up is booked
        under the old terms first."""
        vouched, accrued, ran = state
        takes = z3.And(total > vouched, z3.Not(self.closed))
        return (
            z3.If(takes, total, vouched),
            z3.If(takes, accrued_by(ran, self.deposit, accrued, vouched), accrued),
            z3.If(takes, 0, ran),
        )

    def assign(self, state, total):
        """What a settle without the comparison would do."""
        vouched, accrued, ran = state
        return (z3.If(self.closed, vouched, total), accrued, ran)


def orders(how, count=VOUCHERS):
    lines = [Line(n) for n in range(LINES)]
    vouchers = [amounts(" ".join(f"v{k}l{n}" for n in range(LINES))) for k in range(count)]
    given = sum((line.given for line in lines), []) + within(*sum(vouchers, []))
    outcomes = []
    for order in permutations(vouchers):
        states = [line.start() for line in lines]
        for voucher in order:
            states = [how(line)(s, total) for line, s, total in zip(lines, states, voucher)]
        outcomes.append(states)
    return given, lines, vouchers, outcomes


def equal(one, other):
    return z3.And(*(x == y for a, b in zip(one, other) for x, y in zip(a, b)))


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
        claims.append(outcomes[0][n][0] == z3.If(line.closed, line.vouched, top))
    return given, z3.And(*claims)


@lemma("settle", "a voucher that comes twice counts once")
def once():
    line, (total, between) = Line(0), amounts("total between")
    first = line.vouch(line.vouch(line.start(), total), between)
    given = line.given + within(total, between)
    return given, equal([line.vouch(first, total)], [first])

"""Fees in basis points: programs/math/src/fee.rs and share.rs."""

import z3

from prover import U64, amounts, fallacy, lemma, within

ALL = 10_000


def wide(amount, bps):
    """ceil(amount * bps / 10_000) in numbers without bounds."""
    return (amount * bps + ALL - 1) / ALL


def given_for(*values, bps):
    return within(*values) + [bps >= 0, bps <= ALL]


@lemma("fee", "fee::fee_up, which never leaves 64 bits, is ceil(amount * bps / 10,000)")
def same():
    amount, bps, whole, rest = amounts("amount bps whole rest")
    # Quotient and rest named: amount = 10,000 whole + rest.
    given = given_for(amount, bps=bps) + [amount == ALL * whole + rest, rest >= 0, rest < ALL]
    return given, whole * bps + (rest * bps + ALL - 1) / ALL == wide(ALL * whole + rest, bps)


@lemma("fee", "as bit vectors: no product in fee::fee_up wraps around 2^64; its sum is within the amount")
def no_wrap():
    # With the lemma before: machine arithmetic equals the unbounded one, and that the formula.
    whole, rest, bps = z3.BitVecs("whole rest bps", 64)
    given = [z3.ULE(whole, (U64 - 1) // ALL), z3.ULT(rest, ALL), z3.ULE(bps, ALL)]
    products = z3.And(
        z3.BVMulNoOverflow(whole, bps, False),
        z3.BVMulNoOverflow(rest, bps, False),
        z3.BVAddNoOverflow(rest * bps, z3.BitVecVal(ALL - 1, 64), False),
    )
    amount, share, w, r = amounts("amount share w r")
    given += given_for(amount, bps=share) + [amount == ALL * w + r, r >= 0, r < ALL]
    given += [w * (ALL - share) >= 0, r * (ALL - share) >= 0]
    return given, z3.And(products, w * share + (r * share + ALL - 1) / ALL <= amount)


@fallacy("fee", "FALSE: the plain amount * bps would fit 64 bits just as well")
def naive_product():
    amount, bps = z3.BitVecs("amount bps", 64)
    return [z3.ULE(bps, ALL)], z3.BVMulNoOverflow(amount, bps, False)


@lemma("fee", "the fee is never above the amount")
def bounded():
    amount, bps = amounts("amount bps")
    given = given_for(amount, bps=bps) + [amount * (ALL - bps) >= 0]
    return given, z3.And(wide(amount, bps) >= 0, wide(amount, bps) <= amount)


@lemma("fee", "a fee on something is something, if there is a fee")
def nonzero():
    amount, bps = amounts("amount bps")
    return given_for(amount, bps=bps) + [amount > 0, bps > 0, amount * bps > 0], wide(amount, bps) >= 1


@fallacy("fee", "FALSE: so is a fee that is rounded down")
def nonzero_rounded_down():
    amount, bps = amounts("amount bps")
    return given_for(amount, bps=bps) + [amount > 0, bps > 0], amount * bps / ALL >= 1


@lemma("fee", "fee::fee_between_up over steps adds up to that of the whole way, to the unit")
def additive():
    a, b, c, bps = amounts("a b c bps")
    between = lambda low, high: z3.If(
        wide(high, bps) >= wide(low, bps), wide(high, bps) - wide(low, bps), 0
    )
    given = given_for(a, b, c, bps=bps) + [a <= b, b <= c]
    given += [(b - a) * bps >= 0, (c - b) * bps >= 0]
    return given, between(a, b) + between(b, c) == between(a, c)


@fallacy("fee", "FALSE: fees rounded up on every payment by itself add up to that of the sum")
def additive_by_payment():
    a, b, bps = amounts("a b bps")
    given = given_for(a, b, bps=bps)
    return given, wide(a, bps) + wide(b, bps) == wide(a + b, bps)


@lemma("fee", "share::share_between_down is within what was added: the rest is not below zero")
def shares():
    before, added, bps = amounts("before added bps")
    given = given_for(before, added, bps=bps)
    given += [added * (ALL - bps) >= 0, added * bps >= 0]
    share = (before + added) * bps / ALL - before * bps / ALL
    return given, z3.And(share >= 0, added - share >= 0)

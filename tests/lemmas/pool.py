"""Sharing by units: programs/math/src/pool.rs and state/pool.rs."""

import z3

from prover import U64, amounts, fallacy, lemma, within

SCALE = 2**64


def division(amount, carried, units, step, left):
    """pool::index_step_down: amount * 2^64 + carried = step * units + left."""
    return [amount * SCALE + carried == step * units + left, left >= 0, left < units, step >= 0]


@lemma("pool", "what a distribution leaves is below its units, so it fits 64 bits")
def remainder():
    amount, carried, units, step, left = amounts("amount carried units step left")
    given = within(amount, carried, units) + division(amount, carried, units, step, left)
    return given, z3.And(left < units, left < U64)


def two_distributions(carry):
    """Three members, whose units change between two distributions."""
    a = amounts("a0 a1 a2")
    b = amounts("b0 b1 b2")
    first, second, step1, left1, step2, left2 = amounts("first second step1 left1 step2 left2")
    given = within(first, second, *a, *b)
    given += division(first, 0, sum(a), step1, left1)
    given += division(second, carry(left1), sum(b), step2, left2)
    # pool::received for each, in units of 2^-64 of a base unit.
    received = [step1 * before + step2 * after for before, after in zip(a, b)]
    return given, received, left2, (first + second) * SCALE


@lemma("pool", "all that members received, and the carried rest, is all that was distributed")
def exact():
    given, received, left, distributed = two_distributions(lambda left: left)
    return given, sum(received) + left == distributed


@lemma("pool", "so members together never have more than was distributed")
def covered():
    given, received, left, distributed = two_distributions(lambda left: left)
    return given, sum(received) <= distributed


@fallacy("pool", "FALSE: that is so, too, if a distribution forgets what the one before left")
def exact_without_carry():
    given, received, left, distributed = two_distributions(lambda left: 0)
    return given, sum(received) + left == distributed


@lemma("pool", "pool::whole_down: whole base units paid, fractions kept, never pay more than is owed")
def whole():
    owed, more = amounts("owed more")
    given = within(owed, more, below=SCALE * U64)
    paid, kept = owed / SCALE, owed % SCALE
    again = (kept + more) / SCALE
    return given, z3.And((paid + again) * SCALE <= owed + more, paid + again == (owed + more) / SCALE)


@fallacy("pool", "FALSE: that is so, too, if the fraction is dropped at each payment")
def whole_without_fraction():
    owed, more = amounts("owed more")
    given = within(owed, more, below=SCALE * U64)
    return given, owed / SCALE + more / SCALE == (owed + more) / SCALE


@lemma("pool", "pool::received fits 128 bits: a member's units times one step are within what was shared")
def fits():
    amount, carried, mine, others, step, left = amounts("amount carried mine others step left")
    given = within(amount, mine, others) + [carried >= 0, carried < U64]
    given += division(amount, carried, mine + others, step, left) + [step * others >= 0]
    return given, mine * step < SCALE * U64


def sharing(left_out):
    """Pool::share while somebody has units, of a vault that held what was owed and the owner's part."""
    vault, distributed, claimed, unshared = amounts("vault distributed claimed unshared")
    owed, room = distributed - claimed, U64 - 1 - distributed
    arrived = vault - owed - left_out(unshared)
    amount = z3.If(arrived < room, arrived, room)
    given = within(vault, distributed, claimed, unshared)
    given += [claimed <= distributed, owed + unshared <= vault]
    return given, z3.And(amount >= 0, owed + amount + unshared <= vault)


@lemma("pool", "Pool::share: members and owner together are never owed more than the vault holds")
def owners_part():
    return sharing(lambda unshared: unshared)


@fallacy("pool", "FALSE: that is so, too, if the owner's part is shared among the members")
def owners_part_shared():
    return sharing(lambda unshared: 0)

"""States lemmas and has z3 decide them.

A lemma is proved when z3 finds no case against it. Each family also states something that only
looks true: if z3 found no case against that one, the checker itself would be worthless.

Some lemmas are given, beside the ranges of their values, that a product of two numbers that are not
negative is not negative: z3 does not always find that out by itself.
"""

import time
from dataclasses import dataclass
from typing import Callable

import z3

U64 = 2**64
I64 = 2**63
TIMEOUT_MS = 60_000


@dataclass
class Lemma:
    family: str
    sentence: str  # the formula in words, and the Rust function it is about
    state: Callable[[], tuple[list, z3.BoolRef]]  # what is given, what is claimed
    holds: bool  # False: must be refuted


LEMMAS: list[Lemma] = []


def lemma(family: str, sentence: str):
    def register(state):
        LEMMAS.append(Lemma(family, sentence, state, True))
        return state

    return register


def fallacy(family: str, sentence: str):
    def register(state):
        LEMMAS.append(Lemma(family, sentence, state, False))
        return state

    return register


def amounts(names: str) -> list[z3.ArithRef]:
    """Unsigned 64-bit values as unbounded integers; `within` says so to the solver."""
    return [z3.Int(name) for name in names.split()]


def within(*values, below: int = U64) -> list:
    return [z3.And(value >= 0, value < below) for value in values]


def least(a, b):
    return z3.If(a <= b, a, b)


def most(a, b):
    return z3.If(a >= b, a, b)


def decide(lemma: Lemma) -> tuple[bool, str]:
    """Whether z3 says of a lemma what it should, and a sentence about it."""
    given, claimed = lemma.state()
    solver = z3.Solver()
    solver.set("timeout", TIMEOUT_MS)
    solver.add(*given)
    # Otherwise anything would follow.
    if solver.check() != z3.sat:
        return False, "what is given cannot be"
    solver.add(z3.Not(claimed))
    started = time.monotonic()
    answer = solver.check()
    took = f"{time.monotonic() - started:.2f} s"
    if lemma.holds:
        if answer == z3.unsat:
            return True, f"proved in {took}"
        found = f": {solver.model()}" if answer == z3.sat else f" within {took}"
        return False, f"NOT proved{found}"
    if answer == z3.sat:
        return True, f"refuted in {took}: {solver.model()}"
    return False, "NOT refuted, though it is false"

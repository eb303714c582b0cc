"""Decides every lemma; exits 1 if z3 does not say of one what it should."""

import sys
import time

import accrual  # noqa: F401  (each module registers its lemmas)
import fee  # noqa: F401
import pool  # noqa: F401
import settle  # noqa: F401
from prover import LEMMAS, decide


def main() -> int:
    started, failed = time.monotonic(), 0
    for lemma in LEMMAS:
        right, said = decide(lemma)
        failed += not right
        said = " ".join(said.split())
        mark = "ok  " if right else "FAIL"
        print(f"{mark} {lemma.family}: {lemma.sentence}\n       {said[:160]}", flush=True)
    passed = len(LEMMAS) - failed
    print(f"{passed} passing\n{failed} failing\n{time.monotonic() - started:.1f} s")
    return 1 if failed else 0


sys.exit(main())

"""Confirms every claim of a county's truth from its delivered files alone.

``python -m tests.evidence.check COUNTY`` prints what was confirmed, code by code; it ends with 1 if
anything was not, or if a planted code has no query.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.evidence.reader import HERE, Reader, mentioned

CODES = HERE / "codes"
SHOWN = 3
"""Unconfirmed claims that are printed of each code."""


@dataclass(frozen=True)
class Claim:
    """A line of the truth: a planted fact, or a lookalike and why it is innocent."""

    number: int
    code: str
    role: str
    clearing_code: str
    household: str

    @property
    def kind(self) -> tuple[str, str]:
        """What is counted together: cases, or lookalikes of one clearing code."""
        return self.role, self.clearing_code


@dataclass(frozen=True)
class Verdict:
    """The claims of a code, and the numbers of those that the files confirm."""

    code: str
    claims: tuple[Claim, ...]
    confirmed: frozenset[int]

    @property
    def unconfirmed(self) -> tuple[Claim, ...]:
        """Claims that the files do not show."""
        return tuple(claim for claim in self.claims if claim.number not in self.confirmed)


class Checker:
    """Asks the files of one county about the claims of its truth."""

    def __init__(self, county: Path) -> None:
        """Open a county; sources are read as the codes need them."""
        self.reader = Reader(county)
        self.connection = self.reader.connection
        truth = (county / "truth" / "cases.parquet").as_posix()
        self.connection.execute(
            "CREATE TABLE all_claims AS SELECT row_number() OVER () AS claim, code, role, "
            "household_id, register, person_id, month_from, month_to, amount, "
            f"coalesce(clearing_code, '') AS clearing_code, difficulty FROM '{truth}'"
        )
        self.connection.execute("CREATE TABLE claims AS FROM all_claims LIMIT 0")
        views = (HERE / "views.sql").read_text("utf-8")
        self.reader.need(mentioned(views))
        self.connection.execute(views)

    def codes(self) -> list[str]:
        """Codes that the truth has claims of."""
        rows = self.connection.execute("SELECT DISTINCT code FROM all_claims ORDER BY 1")
        return [code for (code,) in rows.fetchall()]

    def verdict(self, code: str) -> Verdict:
        """What the files say about a code; without a query, nothing is confirmed."""
        self.connection.execute(
            "CREATE OR REPLACE TABLE claims AS FROM all_claims WHERE code = ?", [code]
        )
        rows = self.connection.execute(
            "SELECT claim, code, role, clearing_code, household_id FROM claims ORDER BY claim"
        )
        claims = tuple(Claim(*row) for row in rows.fetchall())
        return Verdict(code, claims, self._confirmed(CODES / f"{code}.sql"))

    def _confirmed(self, query: Path) -> frozenset[int]:
        if not query.exists():
            return frozenset()
        sql = query.read_text("utf-8")
        self.reader.need(mentioned(sql))
        return frozenset(number for (number,) in self.connection.execute(sql).fetchall())


def lines(verdict: Verdict) -> list[str]:
    """A code in the table: confirmed of planted, for cases and each kind of lookalike."""
    planted = Counter(claim.kind for claim in verdict.claims)
    seen = Counter(claim.kind for claim in verdict.claims if claim.number in verdict.confirmed)
    counts = [
        f"{clearing or role} {seen[role, clearing]}/{n}"
        for (role, clearing), n in sorted(planted.items())
    ]
    missing = "" if (CODES / f"{verdict.code}.sql").exists() else "  no query"
    shown = [
        f"      {claim.role} {claim.clearing_code} {claim.household}"
        for claim in verdict.unconfirmed[:SHOWN]
    ]
    return [f"{verdict.code}  {'  '.join(counts)}{missing}", *shown]


def main(arguments: list[str]) -> int:
    """Print the verdicts on a county; 1 if a claim is not confirmed."""
    checker = Checker(Path(arguments[0]))
    wanted = arguments[1:] or checker.codes()
    verdicts = [checker.verdict(code) for code in wanted]
    print("\n".join(line for verdict in verdicts for line in lines(verdict)))  # noqa: T201  # its purpose
    open_claims = sum(len(verdict.unconfirmed) for verdict in verdicts)
    total = sum(len(verdict.claims) for verdict in verdicts)
    print(f"{total - open_claims} of {total} claims confirmed")  # noqa: T201  # its purpose
    return 1 if open_claims else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

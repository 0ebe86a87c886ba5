"""What a county plants is visible in its files, and a lie is noticed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from doudi.synth.county import make_county
from tests.evidence.check import CODES, Checker, Verdict, main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Literal

COUNTIES: dict[str, tuple[int, Literal[0, 1, 2]]] = {
    "1": (1, 0),
    "2": (2, 0),
    "3": (3, 0),
    "1 dirty": (1, 1),
    "1 worst": (1, 2),
}
"""Name of a county, and its seed and dirt."""


class Counties:
    """Counties of size S, each made and read once; a verdict is found once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._checkers: dict[str, Checker] = {}
        self._verdicts: dict[tuple[str, str], Verdict] = {}

    def folder(self, name: str) -> Path:
        """Where a county lies."""
        return self.root / name.replace(" ", "_")

    def checker(self, name: str) -> Checker:
        """The checker of a county."""
        if name not in self._checkers:
            seed, dirt = COUNTIES[name]
            make_county(self.folder(name), seed=seed, dirt=dirt)
            self._checkers[name] = Checker(self.folder(name))
        return self._checkers[name]

    def verdict(self, name: str, code: str) -> Verdict:
        """The verdict on a code in a county."""
        if (name, code) not in self._verdicts:
            self._verdicts[name, code] = self.checker(name).verdict(code)
        return self._verdicts[name, code]

    def unconfirmed(self, code: str) -> list[tuple[str, str, str, str]]:
        """County, role, clearing code and household of what is not confirmed."""
        return [
            (name, claim.role, claim.clearing_code, claim.household)
            for name in COUNTIES
            for claim in self.verdict(name, code).unconfirmed
        ]


@pytest.fixture(scope="session")
def counties(tmp_path_factory: pytest.TempPathFactory) -> Counties:
    return Counties(tmp_path_factory.mktemp("evidence"))


@contextmanager
def lie(checker: Checker, *statements: str) -> Iterator[None]:
    """Change the tables of a county for a while."""
    checker.connection.begin()
    try:
        for statement in statements:
            checker.connection.execute(statement)
        yield
    finally:
        checker.connection.rollback()


def lost(counties: Counties, code: str, *statements: str) -> set[tuple[str, str]]:
    """Kinds of claims of county 1 that are confirmed, and no longer so after a lie."""
    checker = counties.checker("1")
    before = checker.verdict(code)
    with lie(checker, *statements):
        after = checker.verdict(code).confirmed
    return {claim.kind for claim in before.claims if claim.number in before.confirmed - after}


@pytest.mark.parametrize("code", sorted(path.stem for path in CODES.glob("*.sql")))
def test_every_claim_is_visible_in_the_files(counties: Counties, code: str) -> None:
    assert list(counties.unconfirmed(code)) == []


@pytest.mark.parametrize("name", COUNTIES)
def test_every_planted_code_has_a_query(counties: Counties, name: str) -> None:
    assert {
        code for code in counties.checker(name).codes() if not (CODES / f"{code}.sql").exists()
    } == set()


def test_a_death_that_no_source_tells_of_is_missed(counties: Counties) -> None:
    sources = ("hukou_death_cancellation", "funeral_cremation", "death_medical_certificate")
    kinds = lost(counties, "E01", *(f"DELETE FROM {source}" for source in sources))
    assert ("case", "") in kinds


def test_another_sum_of_payments_is_noticed(counties: Counties) -> None:
    kinds = lost(counties, "E15", "UPDATE one_card_payment SET amount = amount + 10")
    assert {("case", ""), ("decoy", "X04")} <= kinds


def test_a_payment_that_did_not_come_back_is_noticed(counties: Counties) -> None:
    back = "DELETE FROM one_card_payment WHERE amount < 0 OR status = '退回'"
    assert lost(counties, "E01", back) == {("decoy", "X19")}


def test_a_car_that_was_not_scrapped_is_noticed(counties: Counties) -> None:
    running = "SET status = '正常', transfer_date = NULL, status_date = NULL"
    kinds = lost(counties, "E15", f"UPDATE vehicle_registration {running}")
    assert ("decoy", "X02") in kinds
    assert ("case", "") not in kinds


def test_a_spouse_who_was_declared_is_noticed(counties: Counties) -> None:
    declared = (
        "INSERT INTO dibao_member_register BY NAME SELECT c.household_id, m.spouse AS person_id "
        "FROM all_claims c JOIN marriages m USING (person_id) WHERE c.code = 'E05'"
    )
    assert ("case", "") in lost(counties, "E05", declared)


def test_help_that_came_closes_a_need(counties: Counties) -> None:
    helped = (
        "INSERT INTO temporary_assistance BY NAME SELECT person_id, '2026-06-30' AS pay_date "
        "FROM all_claims WHERE code = 'L01' AND role = 'case'"
    )
    assert lost(counties, "L01", helped) == {("case", "")}


def test_help_that_never_came_is_noticed(counties: Counties) -> None:
    assert lost(counties, "L06", "DELETE FROM temporary_assistance") == {("decoy", "")}


def test_a_filing_that_was_withdrawn_is_noticed(counties: Counties) -> None:
    assert ("decoy", "X22") in lost(counties, "E31", "UPDATE kin_filing SET status = '撤销'")


def test_a_code_without_query_is_never_confirmed(counties: Counties) -> None:
    checker = counties.checker("1")
    renamed = "UPDATE all_claims SET code = 'E99' WHERE code = 'E01'"
    with lie(checker, renamed):
        verdict = checker.verdict("E99")
    assert len(verdict.unconfirmed) == len(verdict.claims) > 0


def test_the_command_prints_counts_and_no_names(
    counties: Counties, capsys: pytest.CaptureFixture[str]
) -> None:
    checker = counties.checker("1")
    assert main([str(counties.folder("1")), "E01", "L01"]) == 0
    printed = capsys.readouterr().out
    assert "claims confirmed" in printed
    names = checker.connection.execute("SELECT DISTINCT name FROM dibao_member_register").fetchall()
    assert not [name for (name,) in names if name in printed]


def test_the_command_fails_where_a_claim_is_open(counties: Counties) -> None:
    assert main([str(counties.folder("1")), "E98"]) == 0
    folder = counties.folder("1")
    truth = folder / "truth" / "cases.parquet"
    kept = truth.read_bytes()
    connection = counties.checker("1").connection
    try:
        connection.execute(
            "COPY (SELECT kind, code, role, household_id, register, "
            "'539901190001010007' AS person_id, month_from, month_to, amount, clearing_code, difficulty "
            f"FROM '{truth}') TO '{truth}.lie' (FORMAT parquet)"
        )
        truth.write_bytes(truth.with_name(truth.name + ".lie").read_bytes())
        assert main([str(folder), "L01"]) == 1
    finally:
        truth.write_bytes(kept)

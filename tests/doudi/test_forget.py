"""``doudi forget``: said what goes, under the lock, with a proof; wrong use goes nowhere."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

import pytest

from doudi.loaders.identity import Keys, pseudonym
from doudi.lock import held
from tests.doudi.conftest import number, payments, registers

if TYPE_CHECKING:
    from tests.doudi.conftest import Clerk

WHY = ("--reason", "request of June")


@pytest.fixture
def known(clerk: Clerk) -> Clerk:
    """A home that knows a household and its payments."""
    clerk.loads("2026-01", registers() | payments("2026-01"))
    return clerk


def pid(clerk: Clerk) -> str:
    return pseudonym(Keys(clerk.home / "keys").pid, "person", number(1))


def left(clerk: Clerk) -> dict[str, Any]:
    found: dict[str, Any] = clerk.types("forget", pid(clerk), "--verify", "--json").receipt
    return found


def test_a_person_goes_and_the_proof_says_so(known: Clerk) -> None:
    assert left(known)["exit_code"] == 1
    said = known.types("forget", pid(known), *WHY, "--json")
    assert (said.code, said.receipt["stage"], said.receipt["left"]) == (0, "forget", {})
    assert said.receipt["counts"]["tables/nodes/Person"] > 0
    assert pid(known) not in said.out
    assert (left(known)["exit_code"], left(known)["found"]) == (0, {})
    assert not (known.home / "graph" / "projection").exists()
    runs = [path.name for path in (known.home / "runs").glob("*-forget")]
    assert len(runs) == 1


def test_a_second_time_nothing_is_left_to_do(known: Clerk) -> None:
    known.types("forget", pid(known), *WHY)
    said = known.types("forget", pid(known), *WHY)
    assert said.code == 0
    assert "0 rows are gone" in said.out


def test_a_dry_run_says_what_would_go(known: Clerk) -> None:
    said = known.types("forget", pid(known), *WHY, "--dry-run")
    assert said.code == 0
    assert "nothing is written" in said.out
    assert left(known)["exit_code"] == 1


def test_a_number_comes_on_standard_input_only(
    known: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{number(1)}\n"))
    said = known.types("forget", "--stdin", *WHY, "--json")
    assert said.code == 0
    assert number(1) not in said.out + said.err
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{number(1)}\n"))
    assert known.types("forget", "--stdin", "--verify").code == 0


def test_rows_past_their_retention_go(known: Clerk) -> None:
    known.loads("2026-02", payments("2026-02"), 'mode = "delta"\n')
    words = ("forget", "--source", "one_card_payment", "--before", "2026-02-01", *WHY)
    said = known.types(*words, "--json")
    assert (said.code, said.receipt["inputs"]["source"]) == (0, "one_card_payment")
    assert said.receipt["counts"]["tables/links/PAID.Person.Account"] > 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("NOBODY", *WHY), "is nobody's"),
        (WHY, "it is not said what is to be deleted"),
        (("NOBODY", "--source", "one_card_payment", *WHY), "it is not said"),
        (("--source", "one_card_payment", *WHY), "it is not said"),
        (("--source", "one_card_paymnt", "--before", "2026-01-01", *WHY), "one_card_payment"),
        (("--source", "one_card_payment", "--before", "June", *WHY), "--before"),
        (
            ("--source", "vehicle_registration", "--before", "2026-01-01", *WHY),
            "no day of their own",
        ),
        (("--source", "one_card_payment", "--before", "2026-01-01"), "there is no reason"),
    ],
)
def test_what_is_typed_wrongly_deletes_nothing(
    known: Clerk, words: tuple[str, ...], said: str
) -> None:
    told = known.types("forget", *words)
    assert told.code == 2
    assert told.has(said)
    assert not (known.home / "vault" / "forgotten").exists()


def test_a_person_without_a_reason_stays(known: Clerk) -> None:
    assert known.types("forget", pid(known)).code == 2
    assert left(known)["exit_code"] == 1


def test_what_is_no_number_on_standard_input_is_refused(
    known: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("123\n"))
    told = known.types("forget", "--stdin", *WHY)
    assert told.code == 2
    assert told.has("no 18-digit number")


def test_nobody_else_writes_meanwhile(known: Clerk) -> None:
    with held(known.home, "load"):
        told = known.types("forget", pid(known), *WHY)
    assert told.code == 1
    assert told.has("another command (load")
    assert left(known)["exit_code"] == 1


def test_an_unfinished_deletion_is_named_by_the_doctor(
    known: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("doudi.loaders.forget_files.rewrite_facts", killed)
    known.types("forget", pid(known), *WHY)
    told = known.types("doctor", "--json")
    (found,) = [one for one in told.receipt["checks"] if one["check"] == "deletions"]
    assert not found["ok"]
    monkeypatch.undo()

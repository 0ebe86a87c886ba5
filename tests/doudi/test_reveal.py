"""Numbers and names come out of the vault for a reason, and the access log has it first."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cryptography.fernet import Fernet

from doudi.graph.errors import UsageError
from doudi.graph.tables import FactStore
from doudi.loaders.identity import Keys, pseudonym
from doudi.workspace import Workspace
from tests.doudi.conftest import number

if TYPE_CHECKING:
    from tests.doudi.conftest import Clerk

HUKOU = (
    "person_id,name,sex,birth_date,ethnicity,hukou_book_no,relation_to_head,address_code,"
    "father_id,mother_id,marital_status\n"
    f"{number(1)},王小明,男,,汉族,B1,户主,5399010010010001,,,未婚\n"
)
DEATH = (
    "deceased_id,deceased_name,death_date,cremation_date,applicant_id,applicant_phone,fee_waiver\n"
    ",赵四海,2026-03-01,,,,\n"
)


@pytest.fixture
def known(clerk: Clerk) -> Clerk:
    """A home that knows one person by number, and one by name."""
    clerk.loads("2026-01", {"hukou_population.csv": HUKOU})
    clerk.loads("2026-03", {"funeral_cremation.csv": DEATH}, 'mode = "delta"\n')
    return clerk


def pid(clerk: Clerk) -> str:
    return pseudonym(Keys(clerk.home / "keys").pid, "person", number(1))


def log(clerk: Clerk) -> list[tuple[Any, ...]]:
    """What the access log says of looks into the vault."""
    with sqlite3.connect(clerk.home / "ledger.sqlite") as con:
        sql = "SELECT purpose, subject, result_count FROM access_log WHERE subject LIKE 'reveal%' ORDER BY seq"
        return con.execute(sql).fetchall()


def test_number_and_names_are_shown_and_the_log_says_what_for(known: Clerk) -> None:
    said = known.types("reveal", pid(known), "--reason", "visit", "--json")
    assert said.receipt["people"] == [{"pid": pid(known), "number": number(1), "names": ["王小明"]}]
    assert log(known) == [("visit", f"reveal/pid:{pid(known)}", 1)]


def test_who_is_only_named_has_no_number(known: Clerk) -> None:
    said = known.types("reveal", named(known), "--reason", "visit", "--json")
    (person,) = said.receipt["people"]
    assert (person["number"], person["names"]) == ("", ["赵四海"])


def named(clerk: Clerk) -> str:
    with FactStore(clerk.home / "tables").connect() as view:
        ids: list[str] = view.node("Person").select("id").to_pyarrow()["id"].to_pylist()
    return next(one for one in ids if one.startswith("m"))


def test_people_read_a_table(known: Clerk) -> None:
    said = known.types("reveal", pid(known), "--reason", "visit")
    assert number(1) in said.out
    assert "王小明" in said.out
    assert number(1) not in said.err


@pytest.mark.parametrize("reason", [[], ["--reason", ""], ["--reason", " "]])
def test_without_a_reason_nothing_is_opened(known: Clerk, reason: list[str]) -> None:
    said = known.types("reveal", pid(known), *reason)
    assert (said.code, said.out, log(known)) == (2, "", [])
    assert said.has("there is no reason", "--reason")


def test_a_pseudonym_that_is_nobodys_is_logged_and_shows_nobody(known: Clerk) -> None:
    said = known.types("reveal", pid(known), "NOBODY", "--reason", "visit")
    assert (said.code, said.out) == (2, "")
    assert said.has("pseudonym 2 of those typed is nobody's")
    assert [entry[2] for entry in log(known)] == [1, 0]


def test_a_number_in_place_of_a_pseudonym_is_in_no_message_and_no_log(known: Clerk) -> None:
    said = known.types("reveal", number(1), "--reason", "visit")
    assert (said.code, said.out, log(known)) == (1, "", [])
    assert number(1) not in said.err


def test_a_reason_with_a_number_in_it_is_refused(known: Clerk) -> None:
    said = known.types("reveal", pid(known), "--reason", f"about {number(1)}")
    assert (said.code, said.out) == (1, "")
    assert number(1) not in said.err


def test_without_the_key_the_vault_stays_shut_and_no_new_key_is_made(known: Clerk) -> None:
    (known.home / "keys" / "vault.key").unlink()
    said = known.types("reveal", pid(known), "--reason", "visit")
    assert (said.code, said.out) == (1, "")
    assert said.has("keys/vault.key", "restore the file")
    assert not (known.home / "keys" / "vault.key").exists()


@pytest.mark.parametrize("what", ["key", "name", "number"])
def test_what_was_changed_by_one_byte_does_not_open(known: Clerk, what: str) -> None:
    who = pid(known)
    if what == "key":
        (known.home / "keys" / "vault.key").write_bytes(Fernet.generate_key())
    elif what == "name":
        path = next((known.home / "vault" / "names").glob("*.sealed"))
        path.write_bytes(altered(path.read_bytes()))
    else:
        alter_number(known)
    said = known.types("reveal", who, "--reason", "visit")
    assert (said.code, said.out) == (1, "")
    assert said.has("the vault does not open")


def altered(data: bytes) -> bytes:
    return data[:50] + (b"A" if data[50:51] != b"A" else b"B") + data[51:]


def alter_number(clerk: Clerk) -> None:
    path = next((clerk.home / "vault").glob("*.parquet"))
    table = pq.read_table(path)
    sealed = [altered(text.encode()).decode() for text in table["sealed"].to_pylist()]
    pq.write_table(table.set_column(1, "sealed", pa.array(sealed)), path)


def test_a_home_without_data_says_so_and_is_not_made(clerk: Clerk) -> None:
    said = clerk.types("reveal", "X", "--reason", "visit", "--home", clerk.folder / "none")
    assert said.code == 1
    assert said.has("nothing is loaded")
    assert not (clerk.folder / "none").exists()


def test_a_notebook_reveals_in_the_same_way(known: Clerk) -> None:
    space = Workspace(known.home, who="li", lang="en")
    assert space.reveal(pid(known), reason="visit").number == number(1)
    assert log(known)[-1][0] == "visit"
    with pytest.raises(UsageError, match="there is no reason"):
        space.reveal(pid(known), reason="")


def test_a_load_says_when_the_vault_does_not_open(known: Clerk) -> None:
    path = next((known.home / "vault" / "names").glob("*.sealed"))
    path.write_bytes(altered(path.read_bytes()))
    said = known.loads("2026-04", {"hukou_population.csv": HUKOU})
    assert said.code == 1
    assert said.has("the vault does not open")

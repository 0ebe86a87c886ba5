"""Lawful deletion: nothing of a person is left, others keep theirs, and no delivery brings it back."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doudi.graph.drafts import Draft
from doudi.graph.tables import FactStore
from doudi.loaders.decisions import decide
from doudi.loaders.declare import read_sources
from doudi.loaders.forget import Wish, forget
from doudi.loaders.forget_proof import traces
from doudi.loaders.forget_rows import emptying
from doudi.loaders.identity import Keys, pseudonym
from doudi.loaders.names import read_names
from doudi.loaders.resolve import resolve_home
from doudi.loaders.tombstones import Tombstone, tombstones, unfinished
from tests.loaders.conftest import Office, number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ANN, BEN, KID, CAL = (number(serial) for serial in (11, 12, 13, 14))
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
HUKOU = "person_id,name,sex,birth_date,ethnicity,hukou_book_no,relation_to_head,address_code,father_id,mother_id,marital_status"
HOUSEHOLD = "household_id,head_id,area_code,urban_rural,category,approve_date,start_month,end_month,monthly_amount,declared_income_pc,account_hash,handler_id"
MEMBER = "household_id,person_id,name,relation_to_head,is_beneficiary,labour_capacity,health,disability_grade,declared_income,added_date,removed_date"
PAID = "payee_id,account_hash,account_name,programme,amount,pay_date,batch,status,benefit_month"
CAR = "plate,vin,owner_id,vehicle_type,use_nature,brand,first_reg_date,status,price,transfer_date"
WED = "husband_id,wife_id,marriage_date,office_code,cert_no,husband_name,wife_name"
EDGE = "household_id,member_ids,income_pc,line_multiple,recognised_date,valid_to"
ADDRESS = "5399010010010001"


def sheet(header: str, *rows: str) -> str:
    return "\n".join([header, *rows]) + "\n"


def files(ann: str = ANN, *, months: tuple[str, ...] = ("2026-03", "2026-04")) -> dict[str, str]:
    """Ann, her husband Ben, their child and Cal; without Ann where ``ann`` is empty."""
    own = [ann] if ann else []
    hukou = [f"{p},安宁,女,,汉族,B1,妻,{ADDRESS},,,已婚" for p in own]
    hukou += [f"{BEN},贝诚,男,,汉族,B1,户主,{ADDRESS},,,已婚"]
    hukou += [f"{KID},贝小,女,,汉族,B1,女,{ADDRESS},{BEN},{ann},未婚"]
    hukou += [f"{CAL},安宁宁,男,,汉族,B2,户主,{ADDRESS},,,未婚"]
    members = [f"H1,{p},,本人,是,有,健康,,0,2025-01-01," for p in (*own, BEN, KID)]
    paid = [
        f"{p},{'a' * 31}{k},户名{k},农村低保,300,{m}-15,{m.replace('-', '')},成功,{m}"
        for m in months
        for k, p in ((1, ann), (2, BEN))
        if p
    ]
    return {
        "hukou_population.csv": sheet(HUKOU, *hukou),
        "dibao_household_register.csv": sheet(
            HOUSEHOLD, f"H1,{ann},539901001001,农村,A,2025-01-01,202501,,600,0,,LI1"
        ),
        "dibao_member_register.csv": sheet(MEMBER, *members),
        "one_card_payment.csv": sheet(PAID, *paid),
        "vehicle_registration.csv": sheet(
            CAR,
            *(f"测A1,V0000000000000001,{p},小型轿车,非营运,,2020-01-01,正常,9000," for p in own),
            f"测A2,V0000000000000002,{CAL},小型轿车,非营运,,2020-01-01,正常,9000,",
        ),
        "marriage_registration.csv": sheet(
            WED, *(f"{BEN},{p},2010-05-05,X,J1,贝诚,安宁" for p in own)
        ),
        "low_income_edge_register.csv": sheet(
            EDGE, f"E1,{'、'.join((*own, CAL))},500,1.2,2025-01-01,2026-12-31"
        ),
    }


def pid(home: Path, clear: str = ANN) -> str:
    return pseudonym(Keys(home / "keys").pid, "person", clear)


def person(home: Path) -> Wish:
    return Wish.of_person(pid(home), by="li", reason="request", at=NOON)


def facts(home: Path) -> Counter[tuple[Any, ...]]:
    """Every fact that counts, without the places of rows and what depends on other cells of a row."""
    found: Counter[tuple[Any, ...]] = Counter()
    store = FactStore(home / "tables")
    with store.connect() as view:
        for kind in ("nodes", "links"):
            for folder in sorted((home / "tables" / kind).glob("*")):
                table = f"SELECT * EXCLUDE (row, seq, digest) FROM {view.known(*folder.name.split('.'))}"
                found.update((folder.name, *row) for row in view.con.execute(table).fetchall())
    return found


@pytest.fixture
def known(office: Office) -> Office:
    """An office that heard of Ann in two months, and has a refused row of hers in quarantine."""
    office.deliver(files())
    later = files(months=("2026-04", "2026-05"))
    later["vehicle_registration.csv"] += (
        f"测A3,V0000000000000003,{ANN},小型轿车,非营运,,昨天,正常,9000,\n"
    )
    later["temporary_assistance.csv"] = sheet(
        "case_id,person_id,type,cause,amount,pay_date,township_fund",
        f"T1,{ANN},急难,疾病,待核,2026-05-01,否",
    )
    office.deliver(later)
    return office


@pytest.fixture
def without(tmp_path: Path, known: Office) -> Office:
    """Another office with the same key, which never heard of her."""
    other = Office(tmp_path / "other")
    shutil.copytree(known.home / "keys", other.home / "keys")
    other.deliver(files("") | {})
    other.deliver(files("", months=("2026-04", "2026-05")))
    return other


def test_nothing_of_a_person_is_left_and_others_keep_theirs(known: Office, without: Office) -> None:
    assert traces(known.home, pid(known.home), ANN)
    counts = forget(person(known.home), known.home)
    assert counts["vault"] == 1
    assert counts["quarantine/2026-05"] > 0
    assert traces(known.home, pid(known.home), ANN) == Counter()
    assert facts(known.home) == facts(without.home)


def test_a_name_that_nobody_else_has_goes_and_others_stay(known: Office) -> None:
    vault = Keys(known.home / "keys").vault
    forget(person(known.home), known.home)
    names = read_names(known.home / "vault" / "names", vault)["clear"].to_pylist()
    assert "安宁" not in names
    assert {"贝诚", "贝小", "安宁宁"} <= set(names)


def test_the_same_deliveries_do_not_bring_her_back(known: Office, without: Office) -> None:
    forget(person(known.home), known.home)
    known.batches = 0
    first = known.deliver(files())
    known.deliver(files(months=("2026-04", "2026-05")))
    assert traces(known.home, pid(known.home), ANN) == Counter()
    assert facts(known.home) == facts(without.home)
    assert sum(file.reasons.get("person.forgotten", 0) for file in first.files) == 9
    assert all(f.rows_in == f.loaded + f.quarantined + f.duplicates for f in first.files)
    names = read_names(known.home / "vault" / "names", Keys(known.home / "keys").vault)
    assert "安宁" not in names["clear"].to_pylist()


def test_a_late_delivery_is_told_in_its_place_all_the_same(known: Office, without: Office) -> None:
    forget(person(known.home), known.home)
    for office, ann in ((known, ANN), (without, "")):
        office.deliver(files(ann, months=("2026-02",)), batch="2026-02")
    assert facts(known.home) == facts(without.home)
    assert traces(known.home, pid(known.home), ANN) == Counter()


def test_who_is_linked_to_her_by_name_goes_with_her(known: Office) -> None:
    known.deliver(
        {"funeral_cremation.csv": sheet(
            "deceased_id,deceased_name,deceased_birth_date,death_date,cremation_date,applicant_id,applicant_phone,fee_waiver",
            ",安宁,1980-01-01,2026-05-20,,,,")},
        'mode = "delta"\n',
    )  # fmt: skip  # one row
    (died,) = known.links("DIED", "Person", "DeathRecord")
    decide(
        known.home / "tables", died["start_id"], pid(known.home), "same", by="li", reason="asked"
    )
    resolve_home(known.home)
    (same,) = known.links("SAME_AS", "Person", "Person")
    assert (same["end_id"], same["grade"]) == (pid(known.home), "linked")
    forget(person(known.home), known.home)
    assert known.links("DIED", "Person", "DeathRecord") == []
    assert traces(known.home, died["start_id"]) == Counter()


@pytest.mark.parametrize("last", [ANN, CAL], ids=["hers in the end", "hers at first"])
def test_what_was_hers_and_anothers_stays_the_others_while_it_was(
    office: Office, last: str
) -> None:
    """A car and the head of a household change hands; nobody gets back what was passed on."""
    for who in (ANN, CAL)[:: 1 if last == CAL else -1]:
        head = f"H1,{who},539901001001,农村,A,2025-01-01,202501,,600,0,,LI1"
        car = f"测A1,V0000000000000001,{who},小型轿车,非营运,,2020-01-01,正常,9000,"
        office.deliver({"vehicle_registration.csv": sheet(CAR, car),
                        "dibao_household_register.csv": sheet(HOUSEHOLD, head)})  # fmt: skip  # two files
    forget(person(office.home), office.home)
    assert traces(office.home, pid(office.home), ANN) == Counter()
    cal = pid(office.home, CAL)
    cars = office.links("OWNS", "Person", "Vehicle")
    owners = [row["start_id"] for row in cars if row["valid_to"] is None]
    heads = [row["start_id"] for row in office.links("HEADS", "Person", "Household")]
    assert owners == heads == ([cal] if last == CAL else [])
    first = date(2026, 5, 5)
    then = [row["start_id"] for row in office.links("OWNS", "Person", "Vehicle", as_known=first)]
    assert then == ([] if last == CAL else [cal])
    assert len(office.nodes("Vehicle")) == len(office.nodes("Household")) == 1
    office.deliver(
        {
            "vehicle_registration.csv": sheet(
                CAR, f"测A1,V0000000000000001,{CAL},小型轿车,非营运,,2020-01-01,正常,9000,"
            )
        }
    )
    cars = office.links("OWNS", "Person", "Vehicle")
    assert [row["start_id"] for row in cars if row["valid_to"] is None] == [cal]


def test_a_dry_run_counts_and_changes_no_byte(known: Office) -> None:
    before = contents(known.home)
    counts = forget(person(known.home), known.home, is_dry=True)
    assert counts["tables/nodes/Person"] > 0
    assert contents(known.home) == before


def contents(home: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file()}


class Killed(BaseException):
    """Ends the process at some step."""


@dataclass
class Executioner:
    """Kills the n-th time that a file gets into its place."""

    after: int
    seen: int = 0

    def stands_by(self, patch: pytest.MonkeyPatch) -> None:
        """See every file that gets into its place."""
        keep = Draft.keep

        def one(draft: Draft) -> None:
            if self.seen == self.after:
                raise Killed
            self.seen += 1
            keep(draft)

        patch.setattr(Draft, "keep", one)


def test_who_is_killed_on_the_way_does_it_again_and_ends_the_same(
    known: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = shutil.copytree(known.home, tmp_path / "whole")
    counter = Executioner(10**9)
    with monkeypatch.context() as patch:
        counter.stands_by(patch)
        forget(person(whole), whole)
    for after in range(0, counter.seen, 5):  # each fifth step; all of them take minutes
        home = shutil.copytree(known.home, tmp_path / f"killed{after}")
        with monkeypatch.context() as patch:
            Executioner(after).stands_by(patch)
            with pytest.raises(Killed):
                forget(person(home), home)
        assert len(unfinished(home)) == (after > 0)
        forget(person(home), home)
        assert unfinished(home) == []
        assert traces(home, pid(home), ANN) == Counter()
        assert facts(home) == facts(whole)
        shutil.rmtree(home)
    assert counter.seen > 20


PLACES = (
    ("tables/nodes/Person", "id"),
    ("tables/links/MEMBER_OF.Person.Household", "start_id"),
    ("tables/_rows/one_card_payment", "payee_id"),
    ("tables/_said/vehicle_registration/rows", "owner_id"),
    ("tables/_retold/Person", "fact_id"),
    ("tables/_identity", "left"),
    ("vault", "pid"),
    ("graph/projection/nodes", "id"),
    ("quarantine/2026-05", "field"),
)


@pytest.mark.parametrize(("place", "column"), PLACES, ids=[place for place, _ in PLACES])
def test_what_is_left_in_any_place_is_found(known: Office, place: str, column: str) -> None:
    forget(person(known.home), known.home)
    path = known.home / place / "999999-left.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({column: [f"of {pid(known.home)}"]}), path)
    assert traces(known.home, pid(known.home)) == Counter({place: 1})


def test_what_is_left_in_a_list_a_text_file_or_a_sealed_row_is_found(known: Office) -> None:
    copy, sealed = contents(known.home / "quarantine"), traces(known.home, pid(known.home), ANN)
    forget(person(known.home), known.home)
    who = pid(known.home)
    pq.write_table(pa.table({"people": [[who]]}), known.home / "tables" / "nodes" / "left.parquet")
    (known.home / "tables" / "feeds" / "left.jsonl").write_text(f'{{"x": "{who}"}}')
    for name, data in copy.items():
        (known.home / "quarantine" / name).write_bytes(data)
    assert traces(known.home, who, ANN) == Counter(
        {"tables/nodes": 1, "tables/feeds": 1, "quarantine/2026-04": 1, "quarantine/2026-05": 3}
    )
    assert {place: sealed[place] for place in sealed if place.startswith("quarantine")} == {
        "quarantine/2026-04": 1, "quarantine/2026-05": 3,
    }  # fmt: skip  # one mapping


@pytest.mark.parametrize("key", range(12))
def test_rows_past_their_retention_go_with_those_whom_only_they_named(
    office: Office, key: int
) -> None:
    (office.home / "keys").mkdir(parents=True)
    (office.home / "keys" / "pid.key").write_bytes(bytes([key]) * 32)
    gone, stays = number(21), number(22)
    header = "person_id,bank,account_hash,balance,as_of"
    rows = {"2024-06-30": gone, "2026-03-31": stays}
    office.deliver(
        {
            "bank_balance.csv": sheet(
                header, *(f"{p},甲行,{'b' * 32},900,{d}" for d, p in rows.items())
            )
        }
    )
    stone = Tombstone(
        "li", "six months are over", NOON, source="bank_balance", before=date(2026, 1, 1)
    )
    forget(Wish(stone), office.home)
    assert traces(office.home, pid(office.home, gone)) == Counter()
    assert traces(office.home, pid(office.home, stays))
    assert len(office.links("HAS_ASSET", "Person", "FinancialAsset")) == 1
    office.batches = 0
    again = office.deliver(
        {
            "bank_balance.csv": sheet(
                header, *(f"{p},甲行,{'b' * 32},900,{d}" for d, p in rows.items())
            )
        }
    )
    assert again.files[0].reasons == {"retention.over": 1}
    assert traces(office.home, pid(office.home, gone)) == Counter()
    (last,) = [stone for stone in tombstones(office.home) if stone.counts]
    assert (last.source, last.before, last.by) == ("bank_balance", date(2026, 1, 1), "li")


def test_a_tombstone_holds_no_pseudonym(known: Office) -> None:
    forget(person(known.home), known.home)
    text = "".join(
        str(pq.read_table(p).to_pylist()) for p in (known.home / "vault" / "forgotten").glob("*")
    )
    assert pid(known.home) not in text
    assert "request" in text


def test_who_is_not_forgotten_is_loaded_as_ever(known: Office) -> None:
    forget(person(known.home), known.home)
    before: Mapping[str, int] = Counter(row["id"] for row in known.nodes("Person"))
    known.deliver(
        {
            "hukou_population.csv": sheet(
                HUKOU, f"{number(31)},丁一,女,,汉族,B9,户主,{ADDRESS},,,未婚"
            )
        },
        'mode = "delta"\n',
    )
    after = Counter(row["id"] for row in known.nodes("Person"))
    assert set(after) - set(before) == {pid(known.home, number(31))}


def test_a_name_beside_two_numbers_goes_with_either() -> None:
    text = """
[source]
slug = "guards"
title = { zh = "监护", en = "guardians" }
publisher = "民政"
cadence = "yearly"
nature = "register"
key = ["ward_id"]
key_kind = "id"
[columns]
ward_id = { zh = "被监护人", type = "id18", role = "key" }
person_id = { zh = "监护人", type = "id18" }
name = { zh = "姓名", type = "str", personal = "name" }
"""
    source = read_sources([("guards.toml", text)])["guards"]
    found = emptying(source, {"ward_id", "person_id", "name"}, {"ward_id": "w", "person_id": "p"})
    assert found["name"] == 'CASE WHEN NOT (w OR p) THEN "name" END'
    assert found["person_id"] == 'CASE WHEN NOT (p) THEN "person_id" END'

"""Who is who: pseudonyms, repaired numbers, numbers inside certificates, and the vault."""

from __future__ import annotations

import base64
import hmac
import shutil
import stat
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doudi.graph.errors import HomeError
from doudi.loaders.identity import Keys, pseudonym
from doudi.loaders.load import load
from tests.loaders.conftest import Office

if TYPE_CHECKING:
    from pathlib import Path

HUKOU = "person_id,name,sex,birth_date,ethnicity,hukou_book_no,relation_to_head,address_code,father_id,mother_id,marital_status"
CERT = "person_id,cert_no,type,grade,issue_date,valid_to,status"


def hukou(*rows: tuple[str, str]) -> str:
    lines = [f"{p},{name},女,,汉族,B1,户主,5399010010010001,,,未婚" for p, name in rows]
    return "\n".join([HUKOU, *lines]) + "\n"


def spoilt(number: str) -> str:
    return number[:17] + ("1" if number[17] != "1" else "2")


def test_keys_are_made_once_and_for_this_user_only(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys")
    assert keys.pid == keys.pid
    assert stat.S_IMODE((tmp_path / "keys" / "pid.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_another_deployment_has_other_pseudonyms() -> None:
    assert pseudonym(b"a" * 32, "person", "x") != pseudonym(b"b" * 32, "person", "x")


def test_the_vault_gives_a_number_back_and_nothing_else_holds_it(
    office: Office, people: list[str]
) -> None:
    office.deliver({"hukou_population.csv": hukou((people[0], "王小明"))})
    (path,) = (office.home / "vault").glob("*.parquet")
    (row,) = pq.read_table(path).to_pylist()
    keys = Keys(office.home / "keys")
    assert keys.vault.decrypt(row["sealed"]).decode() == people[0]
    assert row["pid"] == pseudonym(keys.pid, "person", people[0])
    for file in office.home.rglob("*.parquet"):
        shown = str(pq.read_table(file).to_pylist())
        assert people[0] not in shown
        assert "王小明" not in shown


def test_sex_and_birth_date_in_the_number_win(office: Office, people: list[str]) -> None:
    office.deliver({"hukou_population.csv": hukou((people[0], "王小明"))})
    told = [p for p in office.nodes("Person") if p["name_token"]]
    assert [(p["sex"], str(p["birth_date"])) for p in told] == [("男", "1980-01-01")]


def test_a_wrong_check_digit_is_restored_where_the_name_agrees(
    office: Office, people: list[str]
) -> None:
    office.deliver({"hukou_population.csv": hukou((people[0], "王小明"), (people[1], "李小红"))})
    header = "person_id,death_date,place,cause_group,issued_date,name"
    rows = [
        f"{spoilt(people[0])},2026-05-01,,,2026-05-02,王小明",
        f"{spoilt(people[1])},2026-05-01,,,2026-05-02,张三",
    ]
    receipt = office.deliver({"death_medical_certificate.csv": "\n".join([header, *rows])})
    assert receipt.files[0].repaired == 1
    assert receipt.files[0].reasons == {"id.checksum": 1}
    (died,) = office.links("DIED", "Person", "DeathRecord")
    assert died["grade"] == "repaired"
    assert died["start_id"] == pseudonym(Keys(office.home / "keys").pid, "person", people[0])


def test_a_number_of_nobody_known_is_not_restored(office: Office, people: list[str]) -> None:
    office.deliver({"hukou_population.csv": hukou((people[0], "王小明"))})
    rows = f"person_id,death_date,place,cause_group,issued_date,name\n{spoilt(people[5])},2026-05-01,,,,王小明\n"
    receipt = office.deliver({"death_medical_certificate.csv": rows})
    assert receipt.files[0].reasons == {"id.checksum": 1}


def test_a_certificate_holds_its_owners_number(office: Office, people: list[str]) -> None:
    rows = [
        f",{people[0]}43,肢,2,2019-01-01,2039-01-01,有效",
        f"{people[1]},{people[1]}11,视,1,2019-01-01,,有效",
    ]
    office.deliver({"disability_certificate.csv": "\n".join([CERT, *rows])})
    grades = {
        link["start_id"]: link["grade"]
        for link in office.links("HOLDS_CERT", "Person", "DisabilityCert")
    }
    key = Keys(office.home / "keys").pid
    assert grades == {
        pseudonym(key, "person", people[0]): "certificate",
        pseudonym(key, "person", people[1]): "exact",
    }


def test_a_death_without_a_number_is_kept_by_name(office: Office) -> None:
    header = "deceased_id,deceased_name,death_date,cremation_date,applicant_id,applicant_phone,fee_waiver"
    rows = [",王小明,2026-03-01,,,,", "无,李小红,2026-03-01,,,,", ",,2026-03-01,,,,"]
    receipt = office.deliver({"funeral_cremation.csv": "\n".join([header, *rows])})
    assert (receipt.files[0].loaded, receipt.files[0].quarantined) == (2, 1)
    assert len(office.nodes("DeathRecord")) == 2
    dead = office.links("DIED", "Person", "DeathRecord")
    assert [died["grade"] for died in dead] == ["name_only", "name_only"]
    assert len({died["start_id"] for died in dead}) == 2
    assert {p["id"] for p in office.nodes("Person")} == {died["start_id"] for died in dead}


def test_who_is_only_named_is_the_same_person_whatever_came_before(
    office: Office, people: list[str], tmp_path: Path
) -> None:
    header = "deceased_id,deceased_name,death_date,cremation_date,applicant_id,applicant_phone,fee_waiver"
    file = {"funeral_cremation.csv": f"{header}\n,王小明,2026-03-01,,,,\n"}
    office.deliver({"hukou_population.csv": hukou((people[0], "王小明"))})
    office.deliver(file)
    other = Office(tmp_path / "other")
    shutil.copytree(office.home / "keys", other.home / "keys")
    other.deliver(file)
    (here,), (there,) = (o.links("DIED", "Person", "DeathRecord") for o in (office, other))
    assert here["start_id"] == there["start_id"]


def test_a_number_that_comes_later_takes_the_place_of_the_name(
    office: Office, people: list[str]
) -> None:
    rows = "husband_id,wife_id,marriage_date,office_code,cert_no,husband_name,wife_name\n"
    office.deliver(
        {"marriage_registration.csv": f"{rows},{people[0]},2020-01-01,X,J1,王小明,李小红\n"}
    )
    (named,) = office.links("SPOUSE_OF", "Person", "Person")
    assert named["grade"] == "name_only"
    office.deliver(
        {
            "marriage_registration.csv": f"{rows}{people[1]},{people[0]},2020-01-01,X,J1,王小明,李小红\n"
        }
    )
    (told,) = office.links("SPOUSE_OF", "Person", "Person")
    assert (told["grade"], told["start_id"] == named["start_id"]) == ("exact", False)
    assert [p for p in office.nodes("Person") if p["id"] == named["start_id"]] == []


@pytest.mark.parametrize("is_turned", [False, True])
def test_numbers_of_spouses_in_each_others_column_are_put_right(
    office: Office, people: list[str], *, is_turned: bool
) -> None:
    husband, wife = people[:2]
    columns = (wife, husband) if is_turned else (husband, wife)
    rows = "husband_id,wife_id,marriage_date,office_code,cert_no,husband_name,wife_name\n"
    office.deliver(
        {"marriage_registration.csv": f"{rows}{','.join(columns)},2020-01-01,X,J1,王小明,李小红\n"}
    )
    (told,) = office.links("SPOUSE_OF", "Person", "Person")
    key = Keys(office.home / "keys").pid
    pids = [pseudonym(key, "person", who) for who in (husband, wife)]
    names = [pseudonym(key, "name", name) for name in ("王小明", "李小红")]
    assert [told["start_id"], told["end_id"]] == pids
    assert [told["start_name_token"], told["end_name_token"]] == names
    assert (told["is_turned"], told["grade"]) == (is_turned, "exact")


def test_a_clear_phone_is_hashed_and_meets_itself_elsewhere(
    office: Office, people: list[str]
) -> None:
    phones = f"phone_hash,holder_id,status,from_date\n13800138000,{people[0]},正常,2020-01-01\n"
    policy = f"vin,plate,holder_id,insured_id,premium,driver_phone_hash,start,end\nV1,测A1,{people[1]},,900,+86 138 0013 8000,2025-01-01,2025-12-31\n"
    office.deliver({"mobile_registration.csv": phones, "vehicle_insurance.csv": policy})
    (own,) = office.links("USES_PHONE", "Person", "Phone")
    (told,) = office.links("POLICY_PHONE", "Vehicle", "Phone")
    assert own["end_id"] == told["end_id"] != "13800138000"


def test_a_list_of_people_carries_a_grade_for_each(office: Office, people: list[str]) -> None:
    short = people[1][:6] + people[1][8:17]
    header = "household_id,member_ids,income_pc,line_multiple,recognised_date,valid_to"
    row = f"B1,{people[0]}、{short}、{spoilt(people[2])},500,1.2,2025-01-01,2026-12-31"
    receipt = office.deliver({"low_income_edge_register.csv": f"{header}\n{row}\n"})
    assert receipt.files[0].reasons == {"id.checksum": 1}
    assert sorted(m["grade"] for m in office.links("MEMBER_OF", "Person", "Household")) == [
        "exact",
        "repaired",
    ]


def test_a_home_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "2026-04").mkdir()
    (tmp_path / "home").write_text("a file, no folder")
    with pytest.raises(HomeError, match="cannot be written"):
        load(tmp_path / "2026-04", tmp_path / "home")


def test_a_pseudonym_is_the_beginning_of_base32_of_the_hmac() -> None:
    whole = base64.b32encode(hmac.digest(b"k" * 32, b"person:x", "sha256")).decode()
    assert pseudonym(b"k" * 32, "person", "x") == whole[:26]


def test_names_are_kept_encrypted_each_once(office: Office, people: list[str]) -> None:
    office.deliver({"hukou_population.csv": hukou((people[0], "王小明"), (people[1], "王小明"))})
    office.deliver({"hukou_population.csv": hukou((people[0], "王小明"), (people[1], "李小红"))})
    vault = Keys(office.home / "keys").vault
    sealed = sorted((office.home / "vault" / "names").iterdir())
    assert [b"PAR1" in path.read_bytes() for path in sealed] == [False, False]
    tables = [pq.read_table(pa.BufferReader(vault.decrypt(p.read_bytes()))) for p in sealed]
    assert [table.column("clear").to_pylist() for table in tables] == [["王小明"], ["李小红"]]

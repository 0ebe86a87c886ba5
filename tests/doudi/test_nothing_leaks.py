"""No number, phone, account or name of a person in anything a home keeps or a command says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from tests.doudi.conftest import number, payments, registers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.doudi.conftest import Clerk, Said

NAMES = ("欧阳震华", "尉迟敬德", "诸葛均安", "慕容雪村")
PHONE, ACCOUNT, PLATE = "13800138017", "6222020200112233445", "测Z98765"
PEOPLE = tuple(number(serial) for serial in range(41, 49))
SPOILT = PEOPLE[2][:17] + ("1" if PEOPLE[2][17] != "1" else "2")
CLEAR = re.compile(
    "|".join([*NAMES, PHONE, ACCOUNT, PLATE, *PEOPLE, SPOILT, *(p[:6] + p[8:17] for p in PEOPLE)])
)

HUKOU = "person_id,name,sex,birth_date,ethnicity,hukou_book_no,relation_to_head,address_code,father_id,mother_id,marital_status"
MEMBER = "household_id,person_id,name,relation_to_head,is_beneficiary,labour_capacity,health,disability_grade,declared_income,added_date,removed_date"
PAID = "payee_id,account_hash,account_name,programme,amount,pay_date,batch,status,benefit_month"
CAR = "plate,vin,owner_id,vehicle_type,use_nature,brand,first_reg_date,status,price,transfer_date"
MOBILE = "phone_hash,holder_id,status,from_date"
DEATH = (
    "deceased_id,deceased_name,death_date,cremation_date,applicant_id,applicant_phone,fee_waiver"
)


def soiled() -> dict[str, str | bytes]:
    """A delivery with every kind of fault, full of people."""
    a, b, _, d, e, f, g, h = PEOPLE
    return {
        "hukou_population.csv": "\n".join([
            HUKOU, f"{a},{NAMES[0]},女,,汉族,B1,户主,5399010010010001,,,未婚",
            f"{SPOILT},{NAMES[1]},男,,汉族,B2,户主,,,,未婚", f"{NAMES[2]},{NAMES[2]},男,,汉族,B3,户主,,,,未婚",
            f"{b},{NAMES[1]},男,{PHONE},{ACCOUNT},B4,户主,{b},{SPOILT},{NAMES[3]},{NAMES[3]}",
        ]) + "\n",
        "dibao_member_register.csv": "\n".join([
            MEMBER, f"H9,{d},{NAMES[3]},{d},{NAMES[3]},,,,0,{ACCOUNT},{PHONE}",
            f"H9,{e},{NAMES[2]}", f"H9,{e},{NAMES[2]},,,,,,,,,,{PHONE},{e}",
        ]) + "\n",
        "one_card_payment.csv": "\n".join([
            PAID, f"{f},{ACCOUNT},{NAMES[0]},农村低保,{f},{NAMES[0]},202604,{ACCOUNT},2026-04",
            f"{f},{ACCOUNT},{NAMES[0]},农村低保,300,2026-04-15,202604,成功,2026-04",
        ]) + "\n",
        "vehicle_registration.csv": "\n".join([
            CAR, f"{PLATE},V0000000000000041,{g},小型轿车,非营运,{g},2020-01-01,正常,9000,",
            f"{PLATE},V0000000000000041,{h},小型轿车,非营运,,2020-01-01,正常,{h},",
        ]) + "\n",
        "mobile_registration.csv": f"{MOBILE}\n{PHONE},{a},正常,2020-01-01\n{PHONE},{SPOILT},{PHONE},{PHONE}\n",
        "funeral_cremation.csv": f"{DEATH}\n,{NAMES[3]},2026-03-01,{NAMES[3]},{h},{PHONE},\n",
        "marriage_registration.csv": f"{a},{b},2020-01-01,X,J1,{NAMES[0]},{NAMES[1]}\n",  # no header
        "low_income_edge_register.csv": f"household_id,member_ids,{PHONE}\nE1,{a}、{SPOILT},1\n",
        "disaster_loss.csv": f"household_head,event,{a}\n{a},水灾,1\n",
        "hukou.csv": f"{a}\n{a},{NAMES[0]}\n",
        "inpatient_settlement.xlsx": f"PK\x03\x04{a}{NAMES[0]}".encode(),
        "death_medical_certificate.csv.gz": f"{a}{NAMES[0]}".encode(),
        "delivery.toml.bak": a,
    }  # fmt: skip  # a file an entry


def kept(home: Path) -> Iterator[tuple[str, str]]:
    """Every file of a home outside its keys, as text; tables cell by cell."""
    for path in sorted(home.rglob("*")):
        if path.is_file() and "keys" not in path.relative_to(home).parts:
            text = path.read_bytes().decode("utf-8", "replace")
            if path.suffix == ".parquet":
                text += str(pq.read_table(path).to_pylist()) + str(pq.read_schema(path).metadata)
            yield path.relative_to(home).as_posix(), path.name + text


def must_be_clean(said: Said, command: str) -> None:
    for stream, text in (("stdout", said.out), ("stderr", said.err)):
        found = CLEAR.findall("".join(text.split()))
        assert not found, (command, stream, found[:3])


@pytest.fixture
def leaky(clerk: Clerk) -> Clerk:
    """A home into which a soiled delivery was loaded, on top of a plain one."""
    clerk.loads("2026-03", registers() | payments("2026-03"))
    return clerk


COMMANDS = (
    "sources list", "sources show hukou_population", "feeds", "quarantine list", "identity review",
    "detect", "leads list", "rank", "compact", "policy show", "detect --household {0}",
    "leads show {0}", "sources show {0}", "sources list {0}", "report {0}", "receipt replay {0}",
    "identity decide {0} same --reason x", "load {0}", "sources check {0}", "link {0} --id x --map name=y --out z",
    "quarantine list --batch {0}", "quarantine resubmit {0}.xlsx", "forget {0} --reason x", "reveal {0} --reason x",
    "detect --as-of {0}", "detect --as-known {0}", "rank --capacity {0}", "policy diff {0}=1", "synth x --size {0}",
)  # fmt: skip  # a few on a line
ECHOED = ("leads show", "report", "receipt replay", "detect --household", "sources show {0}", "load {0}",
          "sources check {0}", "link {0}", "quarantine", "detect --as", "rank --capacity", "policy diff",
          "synth", "sources list {0}", "identity decide")  # fmt: skip  # beginnings
"""Commands that name the word that was typed back to who typed it, on the screen and nowhere else."""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_a_soiled_delivery_holds_is_in_no_file_and_on_no_screen(
    leaky: Clerk, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setenv("DOUDI_LANG", lang)
    folder = leaky.folder / "2026-04"
    folder.mkdir()
    (folder / "delivery.toml").write_text("as_known = 2026-05-05\n")
    for name, content in soiled().items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    for words in (("sources", "check"), ("load",), ("load",)):
        for flag in ((), ("--json",)):
            must_be_clean(leaky.types(*words, folder, *flag), " ".join(words))
    for command in COMMANDS:
        typed = [word.format(PEOPLE[0]) for word in command.split()]
        for flag in ((), ("--json",)):
            said = leaky.types(*typed, *flag)
            if not command.startswith(ECHOED) or "{0}" not in command:
                must_be_clean(said, command)
    for place, text in kept(leaky.home):
        found = CLEAR.findall(text)
        assert not found, (place, found[:3])


def test_the_search_finds_what_is_planted(leaky: Clerk) -> None:
    (leaky.home / "runs" / "note.json").write_text(f'{{"who": "{PEOPLE[0]}"}}')
    assert [place for place, text in kept(leaky.home) if CLEAR.search(text)] == ["runs/note.json"]

"""Who is only named is linked with a stated strength, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from doudi.graph.errors import UnknownName, UsageError
from doudi.graph.tables import FactStore
from doudi.loaders.conflicts import conflicts, named_in
from doudi.loaders.decisions import decide, decisions
from doudi.loaders.identity import Keys, pseudonym
from doudi.loaders.names import read_names
from doudi.loaders.resolve import resolve_home
from tests.loaders.conftest import number

if TYPE_CHECKING:
    from doudi.loaders.conflicts import Conflict
    from tests.loaders.conftest import Office

HUKOU = "person_id,name,sex,birth_date,ethnicity,hukou_book_no,relation_to_head,address_code,father_id,mother_id,marital_status"
MEMBERS = "household_id,person_id,name,relation_to_head,is_beneficiary,added_date,sex,birth_date"
SAME = ("SAME_AS", "Person", "Person")
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"


def born(serial: int) -> str:
    return f"19{50 + serial % 50}{1 + serial % 12:02d}{1 + serial % 28:02d}"


def named(serial: int) -> str:
    """A name that a tenth of a per cent of the people here bear."""
    return SURNAMES[serial % 10] + GIVEN[serial * 7 % 20] + GIVEN[serial * 3 % 17]


def town(count: int = 600) -> str:
    """A register of households of three, with names and birth dates of many kinds."""
    rows = [
        f"{number(n % 1000, born(n))},{named(n)},{sex(n)},,汉族,B{n // 3},户主,5399010010010001,,,未婚"
        for n in range(1, count)
    ]
    return "\n".join([HUKOU, *rows]) + "\n"


def sex(serial: int) -> str:
    return "男" if serial % 2 else "女"


def day(serial: int) -> str:
    text = born(serial)
    return f"{text[:4]}-{text[4:6]}-{text[6:]}"


def member(household: str, serial: int, *, with_number: bool = True, **other: str) -> str:
    told = {"name": named(serial), "born": day(serial), "sex": sex(serial)} | other
    own = number(serial % 1000, born(serial)) if with_number else ""
    return f"{household},{own},{told['name']},户主,是,2025-01-01,{told['sex']},{told['born']}"


def pid(office: Office, serial: int) -> str:
    return pseudonym(Keys(office.home / "keys").pid, "person", number(serial % 1000, born(serial)))


def same(office: Office) -> list[dict[str, Any]]:
    return office.links(*SAME)


def queue(office: Office) -> list[Conflict]:
    vault = Keys(office.home / "keys").vault
    folder = office.home / "vault"
    names = read_names(folder / "names", vault)
    return conflicts(FactStore(office.home / "tables"), names, folder, vault)


@pytest.fixture
def settled(office: Office) -> Office:
    """An office that knows a town, and a household of which one member has no number."""
    rows = [MEMBERS, member("D1", 30), member("D1", 31, with_number=False)]
    office.deliver(
        {"hukou_population.csv": town(), "dibao_member_register.csv": "\n".join(rows) + "\n"}
    )
    return office


def test_name_birth_and_household_link_a_name_to_its_person(settled: Office) -> None:
    (edge,) = same(settled)
    assert (edge["end_id"], edge["grade"]) == (pid(settled, 31), "linked")
    assert edge["probability"] >= 0.95
    assert edge["start_id"].startswith("m")
    assert named(31) not in edge["rule"]


def test_another_birth_date_links_nobody(office: Office) -> None:
    rows = [MEMBERS, member("D1", 30), member("D1", 31, with_number=False, born="1931-05-05")]
    office.deliver(
        {"hukou_population.csv": town(), "dibao_member_register.csv": "\n".join(rows) + "\n"}
    )
    assert [e for e in same(office) if e["grade"] == "linked"] == []


def test_who_stands_beside_somebody_is_not_he(office: Office) -> None:
    rows = [MEMBERS, member("D1", 31), member("D1", 31, with_number=False)]
    office.deliver(
        {"hukou_population.csv": town(), "dibao_member_register.csv": "\n".join(rows) + "\n"}
    )
    assert same(office) == []


def test_a_name_alone_merges_nobody(office: Office) -> None:
    one = [f"{number(n % 1000, born(n))},王小明,男,,,B{n},户主,,,,未婚" for n in range(1, 5001)]
    two = [f",王小明,男,,,C{n},户主,,,,未婚" for n in range(5000)]
    lines = [HUKOU, *dict.fromkeys(one), *two]
    receipt = office.deliver({"hukou_population.csv": "\n".join(lines) + "\n"})
    assert receipt.files[0].loaded > 5000
    assert same(office) == []


@pytest.mark.parametrize("name", ["欧阳震华", "欧阳镇华"])
def test_a_rare_name_and_nothing_else_is_nobodys(office: Office, name: str) -> None:
    """Neither as it is written nor as it sounds: without a birth, an area or a home there is no link."""
    rare = f"{number(999, born(3))},欧阳震华,女,,汉族,B999,户主,5399010010010001,,,未婚\n"
    office.deliver({"hukou_population.csv": town() + rare})
    header = "deceased_id,deceased_name,death_date,cremation_date,applicant_id,applicant_phone,fee_waiver"
    rows = "".join(f",{one},2026-03-01,,,,\n" for one in (name, *(named(n) for n in range(60))))
    office.deliver({"funeral_cremation.csv": f"{header}\n{rows}"}, 'mode = "delta"\n')
    assert same(office) == []


def test_the_same_again_writes_nothing(settled: Office) -> None:
    files = sorted((settled.home / "tables").rglob("*.parquet"))
    resolve_home(settled.home)
    assert sorted((settled.home / "tables").rglob("*.parquet")) == files


def test_a_name_that_gets_its_number_is_linked_no_longer(settled: Office) -> None:
    rows = [MEMBERS, member("D1", 30), member("D1", 31)]
    settled.deliver({"dibao_member_register.csv": "\n".join(rows) + "\n"})
    assert same(settled) == []
    assert len(settled.links(*SAME, as_known=settled.nodes("Person")[0]["known_from"])) == 1


def test_what_somebody_decided_outlives_every_delivery(settled: Office) -> None:
    (edge,) = same(settled)
    pair = (edge["start_id"], edge["end_id"])
    decide(settled.home / "tables", *pair, "different", by="李丽", reason="本人到场核实")
    resolve_home(settled.home)
    assert same(settled) == []
    settled.deliver({"hukou_population.csv": town(620)})
    assert same(settled) == []
    decide(settled.home / "tables", *pair, "same", by="赵强", reason="档案更正")
    resolve_home(settled.home)
    (back,) = same(settled)
    assert (back["grade"], back["probability"], back["decided_by"]) == ("linked", 1.0, "赵强")
    told = decisions(settled.home / "tables").to_pylist()
    assert [d["verdict"] for d in told] == ["different", "same"]


@pytest.mark.parametrize("broken", [{"by": ""}, {"reason": " "}, {"verdict": "maybe"}])
def test_a_decision_needs_a_verdict_a_name_and_a_reason(
    settled: Office, broken: dict[str, str]
) -> None:
    whole = {"verdict": "same", "by": "李丽", "reason": "核实"} | broken
    with pytest.raises(UsageError, match="not whole"):
        decide(settled.home / "tables", "m1", "P1", whole.pop("verdict"), **whole)


def test_one_number_under_two_surnames_is_a_conflict(office: Office) -> None:
    rows = [MEMBERS, member("D1", 31, name="欧阳" + named(31)[1:])]
    office.deliver(
        {"hukou_population.csv": town(), "dibao_member_register.csv": "\n".join(rows) + "\n"}
    )
    assert [(c.kind, c.left) for c in queue(office)] == [("surname", pid(office, 31))]


def test_numbers_nearly_alike_under_one_name_are_a_conflict(office: Office) -> None:
    text = number(31, born(31))
    body = text[:16] + str((int(text[16]) + 2) % 10)
    near = body + next(c for c in "0123456789X" if number_is_valid(body + c))
    rows = [MEMBERS, f"D1,{near},{named(31)},户主,是,2025-01-01,{sex(31)},"]
    office.deliver(
        {"hukou_population.csv": town(), "dibao_member_register.csv": "\n".join(rows) + "\n"}
    )
    (found,) = queue(office)
    assert found.kind == "altered"
    assert pid(office, 31) in (found.left, found.right)
    assert named_in([found], found.item) == found
    with pytest.raises(UnknownName, match="doudi identity review"):
        named_in([found], "nothing")


def number_is_valid(text: str) -> bool:
    total = sum(int(d) * 2 ** (17 - p) for p, d in enumerate(text[:17]))
    return text[17] == str((12 - total % 11) % 11).replace("10", "X")

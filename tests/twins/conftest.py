"""A county out of order: random facts that touch, overlap, end early and contradict each other."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from doudi.graph.projection import project
from doudi.graph.tables import FactStore, properties_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DIBAO = "dibao_household_register"
EDGE = "low_income_edge_register"
TEKUN = "tekun_register"
OLD_AGE = "old_age_allowance"
MONTHS = [date(2024 + n // 12, n % 12 + 1, 1) for n in range(31)]
AS_OF = date(2026, 6, 1)


@dataclass
class Disorder:
    """Facts of a few hundred people, drawn from one seed; nothing in them is plausible."""

    seed: int
    people: int = 150
    cases: int = 40
    rows: dict[tuple[str, ...], list[dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - a seeded test

    def person(self) -> str:
        return f"p{self.dice.randrange(self.people):04d}"

    def month(self) -> date:
        return self.dice.choice(MONTHS)

    def day(self) -> date:
        """Mostly first days of months, sometimes days between."""
        middle = self.dice.randrange(28) if self.dice.random() < 0.3 else 0
        return self.month() + timedelta(days=middle)

    def span(self, *, open_share: float = 0.4) -> dict[str, Any]:
        since, until = sorted((self.day(), self.day()))
        if self.dice.random() < open_share or since == until:
            return {"valid_from": since, "valid_to": None}
        return {"valid_from": since, "valid_to": until}

    def months(self, least: int = 1, most: int = 18) -> list[tuple[date, date]]:
        first = self.dice.randrange(len(MONTHS) - 2)
        last = min(first + self.dice.randint(least, most), len(MONTHS) - 1)
        return list(zip(MONTHS[first:last], MONTHS[first + 1 : last + 1], strict=True))

    def grade(self) -> str:
        return self.dice.choice(["exact"] * 12 + ["repaired", "certificate", "linked", "possible"])

    def add(self, triple: str, **values: Any) -> None:  # noqa: ANN401 - columns of the table
        listed = self.rows.setdefault(tuple(triple.split(".")), [])
        number = sum(map(len, self.rows.values()))
        listed.append(
            {
                "fact_id": f"f{self.seed}-{number:06d}",
                "known_from": date(2026, 7, 5),
                "seq": 1,
                "retracted": False,
                "source": "hand_made",
                "batch": "2026-06",
                "row": number + 2,
                "grade": "exact",
                "digest": f"d{number:06d}",
            }
            | values
        )

    def link(self, triple: str, start: str, end: str, **values: Any) -> None:  # noqa: ANN401 - same
        self.add(triple, start_id=start, end_id=end, **({"grade": self.grade()} | values))

    def write(self, folder: Path) -> Path:
        store = FactStore(folder / "tables")
        for name, rows in self.rows.items():
            table = pa.Table.from_pylist(rows, schema=properties_of(*name))
            if len(name) == 1:
                store.append_nodes(name[0], table, seq=1, source="hand_made")
            else:
                kind, start, end = name
                store.append_links(kind, start, end, table, seq=1, source="hand_made")
        project(store, folder / "projection")
        return folder / "projection"


def benefits(county: Disorder) -> None:
    """Cases with members who come and go, programmes kept by person, and what was paid."""
    dice = county.dice
    for n in range(county.people):
        county.add("Person", id=f"p{n:04d}", sex=dice.choice(["男", "女"]))
    for n in range(county.cases):
        register = EDGE if n % 8 == 7 else DIBAO
        name = f"{register}/C{n}"
        benefit = name if register == DIBAO else f"{name}/2024-01-01"
        area = {"area_code": "539901001001", "township": "539901001000"}
        county.add("Household", id=name, register=register, household_id=f"C{n}",
                   urban_rural=dice.choice(["城市", "农村"]), **area)  # fmt: skip
        span = county.span()
        county.add("Benefit", id=benefit, register=register, start_date=span["valid_from"],
                   programme="低保" if register == DIBAO else "低保边缘", end_date=span["valid_to"],
                   handler_login=f"login{dice.randrange(6)}", **area)  # fmt: skip
        county.link("BELONGS_TO.Benefit.Household", benefit, name, grade="exact", **span)
        members = [county.person() for _ in range(dice.randint(1, 5))]
        for member in dict.fromkeys(members):
            for _ in range(dice.choice([1, 1, 1, 2])):
                county.link("MEMBER_OF.Person.Household", member, name,
                            is_beneficiary=dice.choice([True, True, True, None, False]),
                            **county.span(open_share=0.7))  # fmt: skip
        _pay(county, members[0], DIBAO, "城市低保", household_id=f"C{n}")
        if dice.random() < 0.3:
            county.link("USES_PHONE.Household.Phone", name, f"t{dice.randrange(25)}")
    _kept_by_person(county)


def _kept_by_person(county: Disorder) -> None:
    for n in range(30):
        register, programme = [(TEKUN, "特困"), (OLD_AGE, "高龄津贴")][n % 2]
        person, span = county.person(), county.span()
        benefit = f"{register}/{person}/{n}"
        area = county.dice.choice(["539901001000", "539901002000", "539902001000"])
        county.add("Benefit", id=benefit, register=register, programme=programme, area_code=area,
                   township=area, start_date=span["valid_from"], end_date=span["valid_to"])  # fmt: skip
        county.link("RECEIVES.Person.Benefit", person, benefit, **span)
        sent = "特困供养" if register == TEKUN else "高龄津贴"
        _pay(county, person, register, sent)


def _pay(county: Disorder, person: str, register: str, programme: str, **own: object) -> None:
    account = f"a{county.dice.randrange(45)}"
    for since, until in county.months(6, 30):
        county.link("PAID.Person.Account", person, account, register=register, valid_from=since,
                    valid_to=until, programme=programme, amount_yuan=500.0, status="成功",
                    source="one_card_payment", **own)  # fmt: skip


def families(county: Disorder) -> None:
    """Parents, marriages with and without an end, deaths."""
    dice = county.dice
    for n in range(county.people):
        for _ in range(dice.choice([0, 1, 2])):
            older = n // 2 if dice.random() < 0.7 else dice.randrange(max(n, 1))
            if older != n:
                county.link("PARENT_OF.Person.Person", f"p{older:04d}", f"p{n:04d}")
    for _ in range(county.people // 3):
        one, other, wedding = county.person(), county.person(), county.day()
        if one == other:
            continue
        county.link("SPOUSE_OF.Person.Person", one, other, valid_from=wedding,
                    source="marriage_registration")  # fmt: skip
        if dice.random() < 0.4:
            county.link("DIVORCED_FROM.Person.Person", other, one, valid_from=county.day())
    for n in range(county.people // 8):
        died = county.day()
        county.add("DeathRecord", id=f"hukou_death_cancellation/{n}", death_date=died,
                   register="hukou_death_cancellation")  # fmt: skip
        county.link("DIED.Person.DeathRecord", county.person(), f"hukou_death_cancellation/{n}",
                    valid_from=died)  # fmt: skip


def work(county: Disorder) -> None:
    """Contributions with gaps and changes of employer, pay from public units."""
    dice = county.dice
    for _ in range(60):
        person, company = county.person(), f"c{dice.randrange(20)}"
        kind = dice.choice(["social_insurance", "provident_fund"])
        states: list[str | None] = (
            [*["正常缴费"] * 4, "补缴", None]
            if kind == "social_insurance"
            else ["正常", "封存", None]
        )
        own = {"kind": kind, "grade": county.grade(), "status": dice.choice(states),
               "flexible": dice.choice([True, False, False, None])}  # fmt: skip
        for since, until in county.months(1, 9):
            if dice.random() < 0.93:
                county.link("EMPLOYED_BY.Person.Company", person, company, valid_from=since,
                            valid_to=until, base_yuan=3000.0 + dice.randrange(3), **own)  # fmt: skip
    for n in range(15):
        kind = dice.choice(["public_payroll", "welfare_post"])
        county.link("EMPLOYED_BY.Person.PublicUnit", county.person(), f"u{n}", kind=kind,
                    base_yuan=4000.0, post_type="在编", **county.span())  # fmt: skip


def property_and_cars(county: Disorder) -> None:
    """Homes, shops, cars, and who drives, insures and telephones for them."""
    dice = county.dice
    for n in range(50):
        county.add("Property", id=f"h{n}", use=dice.choice(["住宅", "住宅", "住宅", "商业", "车位"]),
                   area_m2=dice.choice([40.0, 90.0, 150.0, None]),
                   status=dice.choice(["现势", "现势", "查封", "历史"]))  # fmt: skip
        for _ in range(dice.choice([1, 1, 2])):
            county.link("OWNS.Person.Property", county.person(), f"h{n}", **county.span())
    for n in range(40):
        status = dice.choice(["正常", "正常", "逾期未检", "报废"])
        gone = county.day() if status == "报废" and dice.random() < 0.7 else None
        county.add("Vehicle", id=f"v{n}", status=status, status_date=gone, price_yuan=80000.0,
                   vehicle_type=dice.choice(["小型轿车", "小型普通客车", "普通二轮摩托车"]))  # fmt: skip
        county.link("OWNS.Person.Vehicle", county.person(), f"v{n}", **county.span())
        county.add("Plate", id=f"k{n}")
        county.link("HAS_PLATE.Vehicle.Plate", f"v{n}", f"k{n}", grade="exact", **county.span())
        _used(county, f"v{n}", f"k{n}")


def _used(county: Disorder, vehicle: str, plate: str) -> None:
    dice, user = county.dice, county.person()
    for _ in range(dice.randrange(9)):
        day = county.day()
        county.link("DRIVES.Person.Plate", user, plate, role=dice.choice(["driver"] * 4 + ["handler"]),
                    valid_from=day, valid_to=day + timedelta(days=1), grade="exact")  # fmt: skip
    if dice.random() < 0.7:
        county.link("PAYS_FOR.Person.Vehicle", user, vehicle, kind="premium", **county.span())
    if dice.random() < 0.7:
        phone = f"t{dice.randrange(25)}"
        county.link("POLICY_PHONE.Vehicle.Phone", vehicle, phone, grade="exact", **county.span())
        if dice.random() < 0.7:
            county.link("USES_PHONE.Person.Phone", user, phone)


def business(county: Disorder) -> None:
    """Companies that hold each other in chains and rings, their people and their filings."""
    dice = county.dice
    for n in range(25):
        company = f"c{n}"
        county.add("Company", id=company, status=dice.choice(["存续", "存续", "存续", "注销"]),
                   kind="enterprise", employees=dice.choice([None, 0, 3]),
                   setup_date=county.day() if dice.random() < 0.8 else None)  # fmt: skip
        _people_of(county, company)
        for nth in range(dice.randrange(8)):
            name = f"{company}/{nth}"
            county.add("TaxFiling", id=name, period_end=county.month(),
                       period_months=dice.choice([1, 3, 12, None]),
                       revenue_yuan=dice.choice([0.0, 1000.0, 400000.0, 900000.0]))  # fmt: skip
            county.link("FILED.Company.TaxFiling", company, name, grade="exact")


def _people_of(county: Disorder, company: str) -> None:
    dice = county.dice
    for _ in range(dice.randrange(3)):
        county.link("LEGAL_REP_OF.Person.Company", county.person(), company, **county.span())
    for _ in range(dice.randrange(3)):
        county.link("EXEC_OF.Person.Company", county.person(), company,
                    position=dice.choice(["监事", "经理", None]), **county.span())  # fmt: skip
    for _ in range(dice.randrange(1, 4)):
        county.link("SHAREHOLDER_OF.Person.Company", county.person(), company,
                    ratio=dice.choice([0.02, 0.1, 0.3, 0.6, None]), **county.span(open_share=0.8))  # fmt: skip
    for _ in range(dice.randrange(3)):
        county.link("SHAREHOLDER_OF.Company.Company", f"c{dice.randrange(25)}", company,
                    ratio=dice.choice([0.3, 0.5, 0.9]), **county.span(open_share=0.8))  # fmt: skip


def officials(county: Disorder) -> None:
    """Posts, logins, and relatives who were filed."""
    dice = county.dice
    for n in range(12):
        official = county.person()
        office = f"{official}/主任/{n}"
        county.add("Office", id=office, role="主任", login=f"login{dice.randrange(8)}")
        county.link("SERVES_AS.Person.Office", official, office, **county.span())
        for _ in range(dice.randrange(3)):
            county.link("FILED_KIN.Person.Person", official, county.person(), status="有效",
                        programme=dice.choice([None, "低保", "特困"]), valid_from=county.day())  # fmt: skip


@pytest.fixture(scope="session")
def disorder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """The projection of a county out of order, by its seed; each made once."""

    @cache
    def make(seed: int) -> Path:
        county = Disorder(seed)
        for part in (benefits, families, work, property_and_cars, business, officials):
            part(county)
        return county.write(tmp_path_factory.mktemp(f"disorder{seed}"))

    return make

"""Counties of a province: whole each, with shared registers and people whom two of them pay."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from doudi.console import Console
from doudi.graph.errors import UsageError
from doudi.home import Home
from doudi.stages import Line
from doudi.synth.abroad import ROSTERS
from doudi.synth.county import SMALLEST
from doudi.synth.forms import columns, forms
from doudi.synth.marginals import marginals
from doudi.synth.numbers import MOST_COUNTIES, county_code
from doudi.synth.province import ProvinceReceipt, make_province
from doudi.synth.target import PROVINCE, WHOLE
from doudi.synth.worst import UNIT_SOURCES
from tests.evidence.check import Checker
from tests.synth.conftest import BATCHES, County
from tests.synth.test_county import digest

if TYPE_CHECKING:
    from pathlib import Path

CODES = ("539901", "539801")
SHARED = tuple(source for source, form in forms().items() if form.is_shared)
CHECKED = ("E03", "E37", "E39", "L11", "L18", "L20")
"""Codes whose evidence has rows about other counties' people beside it."""
NUMBERS = {
    "dibao_household_register": ("household_id", "account_hash", "phone_hash", "address_code"),
    "dibao_member_register": ("household_id",),
    "one_card_payment": ("payment_no", "account_hash", "household_id"),
}
"""Of the rows that cross, what must mean the same in both counties."""


SMALL: dict[str, Any] = {
    "counties": 2,
    "seed": 2,
    "households": SMALLEST,
    "sources": ("hukou_population", "area_code_history", *ROSTERS),
}


@dataclass(frozen=True)
class Made:
    """A province on disk."""

    folder: Path
    receipt: ProvinceReceipt

    @property
    def counties(self) -> list[County]:
        """Its counties, in their order."""
        return [County(self.folder / code, told) for code, told in self.receipt.counties.items()]


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Two counties of size S, clean."""
    folder = tmp_path_factory.mktemp("province")
    return Made(folder, make_province(folder, counties=2, seed=1, processes=2))


@pytest.fixture(scope="module")
def worst(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The same with the worst dirt, from one process."""
    folder = tmp_path_factory.mktemp("worst")
    return Made(folder, make_province(folder, counties=2, seed=1, dirt=2, processes=1))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two small counties with the registers that cross, from one process."""
    folder = tmp_path_factory.mktemp("small")
    make_province(folder, **SMALL, processes=1)
    return folder


def across(county: County) -> pd.DataFrame:
    """What is planted across counties."""
    table = county.truth("cases")
    return table[table["difficulty"] == "cross-county"]


def test_every_county_is_whole_and_the_province_says_what_it_has(province: Made) -> None:
    told = json.loads((province.folder / PROVINCE).read_text("utf-8"))
    assert [county["code"] for county in told["counties"]] == list(CODES)
    assert sorted(p.name for p in province.folder.iterdir()) == sorted([*CODES, PROVINCE])
    for county, counts in zip(province.counties, told["counties"], strict=True):
        assert sorted(p.name for p in county.folder.iterdir()) == sorted(WHOLE)
        own = json.loads((county.folder / "county.json").read_text("utf-8"))
        assert {name: own[name] for name in counts if name != "code"}.items() <= counts.items()
        roles = county.truth("cases")["role"].value_counts()
        assert (roles["case"], roles["decoy"]) == (counts["cases"], counts["decoys"])


def test_counties_differ_and_have_codes_and_people_of_their_own(province: Made) -> None:
    people = [county.sent("hukou_population", "2026-04") for county in province.counties]
    for code, rows in zip(CODES, people, strict=True):
        assert rows["person_id"].str.startswith(code).all()
        assert rows["address_code"].str.startswith(code).all()
    assert len(people[0]) != len(people[1])
    one, other = (county.sent("area_code_history", "2026-04") for county in province.counties)
    assert not set(one["code"]) & set(other["code"])


def test_shared_registers_have_the_own_rows_first_and_then_the_others(province: Made) -> None:
    one, other = province.counties
    assert {"prison_inmates", "detention_detox", "residence_permit"} <= set(SHARED)
    for source in SHARED:
        rows, theirs = one.sent(source, "2026-04"), other.sent(source, "2026-04")
        assert len(rows) == len(theirs)
        own = rows["person_id"].str[:4].isin(["5399", "5299"]).sum()
        assert 0 < own < len(rows), source
        assert rows.head(own).equals(theirs.tail(own).reset_index(drop=True)), source
        assert theirs.head(len(rows) - own).equals(
            rows.tail(len(rows) - own).reset_index(drop=True)
        )


@pytest.mark.parametrize("kind", ["province", "worst"])
def test_the_truth_says_whom_every_line_is_about(province: Made, worst: Made, kind: str) -> None:
    for county in (province if kind == "province" else worst).counties:
        told, same = county.truth("people"), []
        for source, batch in product((*SHARED, *ROSTERS), BATCHES):
            rows = county.sent(source, batch)
            own = told[(told["source"] == source) & (told["batch"] == batch)]
            assert own["line"].tolist() == list(range(2, len(rows) + 2)), (source, batch)
            if len(own):
                same += (rows[own["field"].iloc[0]].to_numpy() == own["person_id"]).tolist()
        assert sum(same) == len(same) if kind == "province" else sum(same) > 0.8 * len(same)


def test_faults_and_refusals_of_shared_registers_are_told_in_every_county(worst: Made) -> None:
    for name in ("faults", "quarantine"):
        one, other = (county.truth(name) for county in worst.counties)
        for source in SHARED:
            mine, theirs = one[one["source"] == source], other[other["source"] == source]
            assert len(mine) == len(theirs), (name, source)
    faults = worst.counties[1].truth("faults")
    own = faults[(faults["source"] == "residence_permit") & (faults["code"] == "q.noid")]
    assert len(own) > 1
    for batch, line, field in own[["batch", "line", "field"]].itertuples(index=False):
        told = worst.counties[1].sent("residence_permit", batch)[field].iloc[line - 2]
        assert told in {"", "无", "000000000000000000"}


def test_people_are_registered_and_paid_in_two_counties(province: Made) -> None:
    one, other = (across(county) for county in province.counties)
    planted = ["household_id", "person_id", "role", "clearing_code", "month_from", "amount"]
    assert set(map(tuple, one[planted].to_numpy())) == set(map(tuple, other[planted].to_numpy()))
    assert set(one["code"]) == {"E03"}
    for own, away in ((one, other), (other, one)):
        mine = own[own["person_index"].notna()]
        assert (mine["role"] == "case").sum() >= 1
        assert set(mine["clearing_code"]) == {"", "X15", "X03"}
        there = away.set_index("household_id").loc[mine["household_id"]]
        assert there["person_index"].isna().all()


def test_both_counties_have_the_rows_of_both_registrations(province: Made) -> None:
    households = across(province.counties[0])["household_id"]
    found = []
    for county in province.counties:
        members = county.rows("dibao_member_register")
        people = members.loc[members["household_id"].isin(households), "person_id"]
        pairs = members.loc[members["person_id"].isin(people), "household_id"]
        tables = []
        for source in ROSTERS:
            rows = county.rows(source)
            rows = rows[rows["household_id"].isin(pairs)]
            assert rows["household_id"].nunique() == 2 * len(households), source
            tables.append(rows.sort_values(list(rows.columns)).reset_index(drop=True))
        found.append(tables)
        register = tables[0].drop_duplicates("household_id").set_index("household_id")
        assert set(register["area_code"].str[:6]) == set(CODES)
        assert register.loc[households, "account_hash"].is_unique
    for one, other in zip(*found, strict=True):
        assert one.equals(other)


def test_only_matched_households_cross(province: Made) -> None:
    for code, county in zip(CODES, province.counties, strict=True):
        rows = county.rows("dibao_household_register").drop_duplicates("household_id")
        strangers = rows[~rows["area_code"].str.startswith(code)]
        assert len(strangers) == len(across(county))


def test_numbers_of_rows_that_cross_mean_one_thing_in_the_whole_province(province: Made) -> None:
    for source, fields in NUMBERS.items():
        key = [c.field for c in columns()[source] if c.role == "key"]
        every = pd.concat([county.rows(source) for county in province.counties])
        area = "area_code" if "area_code" in every else "household_id"
        for field in fields:
            told = every[every[field] != ""].drop_duplicates([field, *key])
            counties = told[area].str.extract(r"^(?:DB)?(\d{4})")[0]
            many = counties.groupby(told[field].to_numpy()).nunique()
            twice = set(many[many > 1].index)
            if field == "phone_hash":  # the same person, two registrations
                assert len(twice) <= len(across(province.counties[0]))
            else:
                assert not twice, (source, field)
    for source in (*SHARED, *(s for s in ROSTERS if s != "one_card_payment")):
        key = [c.field for c in columns()[source] if c.role == "key"]
        for county in province.counties:
            assert not county.sent(source, "2026-04").duplicated(key).any(), source
    for source in SHARED:
        one, other = (county.sent(source, "2026-04") for county in province.counties)
        assert set(one["person_id"]) == set(other["person_id"])
        names = pd.concat([one, other]).groupby("person_id")["name"].nunique()
        assert (names == 1).all(), source


def test_logins_of_handlers_are_one_countys(province: Made) -> None:
    own = []
    for code, county in zip(CODES, province.counties, strict=True):
        rows = county.rows("dibao_household_register")
        own.append(set(rows.loc[rows["area_code"].str.startswith(code), "handler_id"]))
    assert own[0]
    assert not own[0] & own[1]


def test_registers_of_the_province_have_no_amounts_in_another_unit() -> None:
    assert not set(SHARED) & set(UNIT_SOURCES)


def test_the_clean_files_show_what_is_planted_across(province: Made) -> None:
    assert not Checker(province.counties[0].folder).verdict("E03").unconfirmed


@pytest.mark.parametrize("place", [0, 1])
def test_the_files_of_each_county_show_what_is_planted(worst: Made, place: int) -> None:
    checker = Checker(worst.counties[place].folder)
    for code in CHECKED:
        assert not checker.verdict(code).unconfirmed, code


def test_a_county_of_a_province_is_set_beside_published_figures(province: Made) -> None:
    figures = marginals(province.counties[1].folder)
    outside = [figure.of.id for figure in figures if not figure.within]
    assert len(outside) < len(figures) / 4, outside  # so few homes leave some bounds by chance


def test_a_county_with_rows_of_others_loads_whole(small: Path, tmp_path: Path) -> None:
    home, _ = Home.open(tmp_path / "home")
    deliveries = sorted((small / CODES[1] / "deliveries").iterdir())
    told = Line(home, Console(lang="en")).load(deliveries)
    for file in told["files"]:
        assert file["rows_in"] == file["loaded"], file["file"]
        assert all(total["expected"] == total["found"] for total in file["control"])


def test_the_same_seed_gives_the_same_bytes_whatever_the_processes(
    small: Path, tmp_path: Path
) -> None:
    make_province(tmp_path, **SMALL, processes=2)
    assert digest(tmp_path) == digest(small)


@pytest.mark.parametrize("counties", [-1, 0, 1, MOST_COUNTIES + 1])
def test_too_few_or_too_many_counties_are_refused(tmp_path: Path, counties: int) -> None:
    with pytest.raises(UsageError, match=f"--counties: {counties} counties") as caught:
        make_province(tmp_path / "out", counties=counties)
    assert f"县数为 {counties}" in caught.value.told("zh")
    assert not (tmp_path / "out").exists()
    assert county_code(MOST_COUNTIES - 1) == 533601

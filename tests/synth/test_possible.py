"""Nobody acts before birth or as a child, and numbers are nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pandas as pd
import pytest

from doudi.graph.errors import UsageError
from doudi.synth.blocks import SERIALS, blocks_of
from doudi.synth.build import build
from doudi.synth.county import LARGEST, SMALLEST, make_county
from doudi.synth.forms import columns, forms
from doudi.synth.plant import RATES
from doudi.synth.readback import read_back

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACTS = (
    ("disability_certificate", "person_id", "issue_date", 0),
    ("inpatient_settlement", "person_id", "admit", 0),
    ("hukou_death_cancellation", "person_id", "death_date", 0),
    ("enterprise_registration", "legal_rep_id", "setup_date", 18),
    ("individual_business", "operator_id", "setup_date", 18),
    ("vehicle_registration", "owner_id", "first_reg_date", 18),
    ("real_estate_registration", "owner_id", "reg_date", 18),
)
"""Source, who acts, when, and the least age in years."""
DEATHS = """
    SELECT person_id AS id, min(death_date) AS day FROM (
        SELECT person_id, death_date FROM hukou_death_cancellation
        UNION ALL SELECT person_id, death_date FROM death_medical_certificate) GROUP BY ALL
"""
INSIDE = """
    SELECT person_id AS id, term_from AS since, coalesce(actual_release, term_to) AS until
    FROM prison_inmates WHERE person_id NOT IN (SELECT person_id FROM community_correction)
    UNION ALL SELECT person_id, from_date, to_date FROM detention_detox
"""
IMPOSSIBLE = {
    "help for the dead": "SELECT * FROM temporary_assistance JOIN deaths ON id = person_id"
    " WHERE pay_date > day",
    "homes of tomorrow": "SELECT * FROM real_estate_registration WHERE reg_date > DATE '2026-05-05'"
    " AND unit_no NOT IN (SELECT unit_no FROM real_estate_transfer WHERE date > DATE '2026-05-05')",
    "accounts that end before they begin": "SELECT * FROM provident_fund_contribution"
    " WHERE last_month < first_month",
    "telephones before birth": "SELECT * FROM mobile_registration JOIN births ON id = holder_id"
    " WHERE from_date < born + INTERVAL 15 YEAR",
    "telephones of the dead": "SELECT * FROM mobile_registration JOIN deaths ON id = holder_id"
    " WHERE from_date > day",
    "dead heads of edge households": "SELECT * FROM low_income_edge_register"
    " JOIN deaths ON id = head_id WHERE recognised_date > day",
    "members before birth": "SELECT * FROM (SELECT recognised_date AS told,"
    " unnest(string_split(member_ids, ';')) AS id FROM low_income_edge_register)"
    " JOIN births USING (id) WHERE told < born",
    "dead members": "SELECT * FROM (SELECT recognised_date AS told,"
    " unnest(string_split(member_ids, ';')) AS id FROM low_income_edge_register)"
    " JOIN deaths USING (id) WHERE told > day",
    "dead beneficiaries": "SELECT * FROM commercial_life_insurance"
    " JOIN deaths ON id = beneficiary_id WHERE start > day",
    "inmates in hospital": "SELECT * FROM inpatient_settlement s JOIN inside i"
    " ON s.person_id = i.id WHERE admit BETWEEN since AND until",
    "inmates missing": "SELECT * FROM missing_person_report s JOIN inside i"
    " ON s.person_id = i.id WHERE report_date BETWEEN since AND until",
    "inmates who enrol": "SELECT * FROM student_enrolment s JOIN inside i"
    " ON s.person_id = i.id WHERE enrol_date BETWEEN since AND until",
    "inmates who travel": "SELECT * FROM exit_entry s JOIN inside i"
    " ON s.person_id = i.id WHERE exit_date BETWEEN since AND until",
    "found on no day": "SELECT * FROM missing_person_report"
    " WHERE status = '已找到' AND found_date IS NULL",
    "holders of no company": "SELECT * FROM shareholders JOIN enterprise_registration"
    " ON uscc = company_uscc WHERE from_date < setup_date",
    "managers of no company": "SELECT * FROM executives JOIN enterprise_registration"
    " ON uscc = company_uscc WHERE from_date < setup_date",
    "divorced and not divorced": "SELECT * FROM (SELECT husband_id AS id, divorce_date AS day"
    " FROM divorce_registration UNION ALL SELECT wife_id, divorce_date FROM divorce_registration) d"
    " JOIN hukou_population ON person_id = id WHERE marital_status NOT IN ('离婚', '丧偶')"
    " AND NOT EXISTS (FROM marriage_registration m"
    " WHERE id IN (husband_id, wife_id) AND marriage_date > d.day)",
    "living allowances without 低保": "SELECT s.person_id FROM disability_two_subsidies s"
    " JOIN dibao_member_register m USING (person_id) JOIN dibao_household_register r"
    " USING (household_id) WHERE living_allowance > 0 GROUP BY s.person_id, s.start_month,"
    " s.end_month HAVING coalesce(max(s.end_month), DATE '2099-01-01')"
    " > max(coalesce(r.end_month, DATE '2099-01-01'))",
    "care that ended with 低保": "SELECT s.person_id FROM disability_two_subsidies s"
    " WHERE care_allowance > 0 AND living_allowance > 0 AND end_month < DATE '2026-04-01'"
    " AND s.person_id NOT IN (SELECT id FROM deaths)"
    " AND s.person_id NOT IN (SELECT person_id FROM truth) AND NOT EXISTS ("
    " FROM disability_two_subsidies n WHERE n.person_id = s.person_id AND n.care_allowance > 0"
    " AND n.start_month = s.end_month + INTERVAL 1 MONTH)",
}
"""What must not be, and the rows in which it would."""
AMOUNTS = """
    WITH paid AS (
        SELECT household_id, benefit_month AS month, sum(amount) AS paid FROM one_card_payment
        WHERE programme IN ('农村低保', '城市低保') AND status = '成功' AND amount > 0 GROUP BY ALL),
    due AS (
        SELECT p.*, s.value AS standard, count(m.person_id) AS heads,
            sum(m.declared_income) AS income
        FROM paid p JOIN dibao_household_register r USING (household_id)
        JOIN policy_parameters s ON s.param = CASE r.urban_rural WHEN '城市'
                THEN 'dibao.std_month_urban' ELSE 'dibao.std_month_rural' END
            AND p.month BETWEEN s.valid_from AND coalesce(s.valid_to, DATE '2099-01-01')
        JOIN dibao_member_register m ON m.household_id = p.household_id AND added_date <= month
            AND coalesce(removed_date, DATE '2099-01-01') > month
        GROUP BY ALL)
    SELECT * FROM due WHERE abs(paid - (standard * heads - income)) > 0.5
        AND household_id NOT IN (SELECT household_id FROM truth WHERE code = 'E41')
"""
"""Months in which a household was not paid the gap to the standard for each of its members."""
NEGLECTED = """
    WITH edge AS (
        SELECT household_id, unnest(string_split(member_ids, ';')) AS id
        FROM low_income_edge_register WHERE valid_to >= DATE '2026-06-30'),
    severe AS (
        SELECT person_id AS id FROM disability_certificate WHERE valid_to > DATE '2026-06-30'
            AND (grade IN ('1', '2') OR grade = '3' AND type IN ('智', '精'))
        UNION SELECT person_id FROM severe_disease_register)
    FROM edge JOIN severe USING (id)
    WHERE id NOT IN (SELECT id FROM deaths)
        AND id NOT IN (SELECT person_id FROM dibao_member_register JOIN dibao_household_register
            USING (household_id) WHERE end_month IS NULL AND removed_date IS NULL)
        AND id NOT IN (SELECT unnest(string_split(person_ids, ';')) FROM assistance_case_history
            WHERE event = '不予确认')
        AND household_id NOT IN (SELECT household_id FROM truth WHERE code = 'L15')
"""
"""Severely ill or disabled people of edge households whom nobody pays, or asked."""


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The sources of a county of two blocks, with everybody's birth date."""
    folder = tmp_path_factory.mktemp("possible")
    make_county(folder, households=10_000, seed=5)
    with duckdb.connect() as con:
        read_back(con, folder, forms())
        con.execute(f"CREATE TABLE truth AS FROM '{folder}/truth/cases.parquet'")
        con.execute(f"CREATE VIEW deaths AS {DEATHS}")
        con.execute(f"CREATE VIEW inside AS {INSIDE}")
        con.execute(
            "CREATE VIEW births AS SELECT DISTINCT person_id AS id,"
            " strptime(substr(person_id, 7, 8), '%Y%m%d')::DATE AS born FROM id_document"
        )
        yield con


@pytest.mark.parametrize(("source", "who", "when", "age"), ACTS)
def test_nobody_acts_too_early(
    con: duckdb.DuckDBPyConnection, source: str, who: str, when: str, age: int
) -> None:
    early = con.execute(
        f"SELECT count(*) FROM {source} JOIN births ON id = {who}"
        f" WHERE {when} < born + INTERVAL {age} YEAR"
    ).fetchone()
    assert early == (0,)


@pytest.mark.parametrize("source", [s for s, form in forms().items() if form.key_kind == "id"])
def test_a_key_stands_for_one_row(con: duckdb.DuckDBPyConnection, source: str) -> None:
    keys = ", ".join(c.field for c in columns()[source] if c.role == "key")
    twice = con.execute(
        f"SELECT count(*) FROM (SELECT {keys} FROM {source} GROUP BY ALL HAVING count(*) > 1)"
    ).fetchone()
    assert twice == (0,)


def test_shares_of_a_company_are_no_more_than_all(con: duckdb.DuckDBPyConnection) -> None:
    most = con.execute(
        "SELECT max(whole) FROM (SELECT sum(ratio) AS whole FROM shareholders"
        " WHERE to_date IS NULL GROUP BY company_uscc)"
    ).fetchone()
    assert most is not None
    assert most[0] <= 1.0001


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_nothing_says_what_cannot_be(con: duckdb.DuckDBPyConnection, what: str) -> None:
    assert con.execute(IMPOSSIBLE[what]).fetchall() == []


def test_amounts_are_the_gap_of_those_who_are_members(con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute(AMOUNTS).fetchall() == []


def test_members_removed_by_death_are_no_longer_reckoned(con: duckdb.DuckDBPyConnection) -> None:
    shrunk = con.execute(
        "SELECT count(DISTINCT household_id) FROM dibao_member_register"
        " JOIN deaths ON id = person_id WHERE removed_date < DATE '2026-06-01'"
    ).fetchone()
    assert shrunk is not None
    assert shrunk[0] > 5


def test_the_severe_on_the_edge_are_paid_alone_or_declined(con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute(NEGLECTED).fetchall() == []


def test_a_household_has_one_planted_fact_unless_they_overlap(
    con: duckdb.DuckDBPyConnection,
) -> None:
    several = con.execute(
        "SELECT household_id FROM truth WHERE household_id <> '' GROUP BY household_id"
        " HAVING count(DISTINCT code) > 1 AND NOT bool_or(difficulty = 'overlap')"
    ).fetchall()
    assert several == []


@pytest.mark.parametrize("code", ["L09", "L10"])
def test_brothers_and_sisters_have_the_same_need(con: duckdb.DuckDBPyConnection, code: str) -> None:
    forgotten = con.execute(
        "SELECT s.person_id FROM truth t JOIN hukou_population c USING (person_id)"
        " JOIN hukou_population s ON s.father_id = c.father_id AND s.mother_id = c.mother_id"
        " WHERE t.code = $code AND role = 'case' AND s.birth_date > DATE '2008-07-01'"
        " AND s.person_id NOT IN (SELECT person_id FROM truth WHERE code = $code)",
        {"code": code},
    ).fetchall()
    assert forgotten == []


def test_numbers_of_cases_tell_nothing(con: duckdb.DuckDBPyConnection) -> None:
    odd = con.execute(
        "SELECT household_id FROM dibao_household_register"
        " WHERE NOT regexp_full_match(household_id, 'DB539901[0-9]{9}')"
    ).fetchall()
    assert odd == []
    places = con.execute(
        "SELECT avg(place) FROM (SELECT household_id, percent_rank() OVER (ORDER BY"
        " right(household_id, 6)) AS place FROM dibao_household_register)"
        " WHERE household_id IN (SELECT household_id FROM truth WHERE code IN ('E03', 'E07', 'L15'))"
    ).fetchone()
    assert places is not None
    assert 0.3 < places[0] < 0.7


@pytest.mark.parametrize(
    ("source", "number"),
    [
        ("inpatient_settlement", "settlement_no"),
        ("marriage_registration", "cert_no"),
        ("enterprise_registration", "uscc"),
        ("vehicle_registration", "plate"),
        ("farmland_transfer", "contract_no"),
    ],
)
def test_planted_rows_have_numbers_like_all_others(
    con: duckdb.DuckDBPyConnection, source: str, number: str
) -> None:
    who = "owner_id" if source.startswith("veh") else "person_id"
    who = {
        "marriage_registration": "husband_id",
        "enterprise_registration": "legal_rep_id",
        "farmland_transfer": "lessor_id",
    }.get(source, who)
    shapes = con.execute(
        f"SELECT regexp_replace(left({number}, 2), '[0-9]', '9', 'g') AS shape,"
        f" bool_or({who} IN (SELECT person_id FROM truth)) AS planted,"
        f" bool_or({who} NOT IN (SELECT person_id FROM truth)) AS ordinary"
        f" FROM {source} GROUP BY shape"
    ).fetchall()
    assert [shape for shape, planted, ordinary in shapes if planted and not ordinary] == []


def test_spouses_in_prison_are_seen_nowhere_else(con: duckdb.DuckDBPyConnection) -> None:
    spouses = con.execute(
        "SELECT id, since <= last_day(strptime(month_to, '%Y-%m')) FROM truth"
        " JOIN marriage_registration ON person_id IN (husband_id, wife_id) JOIN inside"
        " ON id = CASE person_id WHEN husband_id THEN wife_id ELSE husband_id END"
        " WHERE code = 'E05' AND clearing_code = 'X08'"
    ).fetchall()
    assert len(spouses) >= 1
    assert all(held for _, held in spouses)
    for source in ("employee_social_insurance", "inpatient_settlement"):
        found = con.execute(
            f"SELECT person_id FROM {source} WHERE person_id = ANY($who)",
            {"who": [spouse for spouse, _ in spouses]},
        ).fetchall()
        assert found == []


def test_who_moved_away_and_came_back_was_gone_for_years(con: duckdb.DuckDBPyConnection) -> None:
    years = con.execute(
        "SELECT date_diff('month', a.change_date, b.change_date) FROM truth t"
        " JOIN hukou_change a USING (person_id) JOIN hukou_change b USING (person_id)"
        " WHERE t.code = 'E38' AND clearing_code = 'X08' AND a.change_type = '迁出'"
        " AND b.change_type = '迁入'"
    ).fetchall()
    assert years
    assert all(24 <= gone <= 36 for (gone,) in years)


def test_running_numbers_are_unique_and_in_no_order() -> None:
    block = blocks_of(SMALLEST, 1)[0]
    world, _ = build(block, {})
    numbers = np.concatenate([world.next_serials(5_000), [world.next_serial()]])
    assert len(set(numbers.tolist())) == len(numbers)
    assert block.first_serial < numbers.min() <= numbers.max() <= block.first_serial + SERIALS
    assert abs(np.corrcoef(np.arange(len(numbers)), numbers)[0, 1]) < 0.2


@pytest.mark.parametrize("count", [SMALLEST - 1, LARGEST + 1])
def test_a_county_of_an_impossible_size_is_refused(tmp_path: Path, count: int) -> None:
    with pytest.raises(UsageError, match=f"{count} households are too") as caught:
        make_county(tmp_path, households=count)
    assert caught.value.told("zh").startswith("户数：")


def test_rates_of_zero_plant_nothing(tmp_path: Path) -> None:
    made = make_county(tmp_path, households=SMALLEST, rates=dict.fromkeys(RATES, 0.0))
    assert (made.cases, made.decoys) == (0, 0)
    assert len(pd.read_parquet(tmp_path / "truth" / "cases.parquet")) == 0


def test_sources_that_name_nobody_can_be_asked_for_alone(tmp_path: Path) -> None:
    made = make_county(tmp_path / "a", households=SMALLEST, sources=["area_code_history"])
    assert made.files >= 1
    with pytest.raises(UsageError, match="no sources to deliver"):
        make_county(tmp_path / "b", households=SMALLEST, sources=[])

"""Rows of posts and pay beside the payroll, of the union, of veterans, and of accidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from doudi.loaders.typed import LONG
from tests.loaders.told import REFUSED, UNKNOWN, Case, must_hold, must_tell

if TYPE_CHECKING:
    from tests.loaders.conftest import Office

CASES = [
    Case(
        "migrant_work_monitor",
        "身份证号,务工地点,务工单位,月收入,外出年月,返乡年月,务工人员姓名",
        [
            "{0},广东省广州市,张老板装修队,5000.00,201607,202512,张三",
            "{1},省内,,3000元左右,202301,,李四",
            "{2},省内,某厂,3000,202313,,王五",
        ],
        {
            "WORKS_AT Person Employer": [
                {"start_id": "p0", "kind": "migrant_work_monitor", "wage_yuan": 5000.0, "place": "广东省广州市",
                 "valid_from": "2016-07-01", "valid_to": "2026-01-01"},
                {"start_id": "p1", "wage_yuan": None, "valid_to": None},
            ],
            "EMPLOYED_BY Person Company": [],
        },
        [(3, "monthly_wage", "number.text", UNKNOWN), (4, "from_month", "month.impossible", REFUSED)],
    ),
    Case(
        "village_cadre_pay",
        "身份证号,所在村,职务,月报酬,任职年月,离任年月,村干部姓名",
        ["{0},金湾坪村,主任,3800,2017年11月,202106,张三", "{1},金湾坪村,会计,,201711,,李四"],
        {
            "WORKS_AT Person PublicUnit": [
                {"start_id": "p0", "end_id": "村干部/金湾坪村", "kind": "village_cadre_pay", "post": "主任",
                 "wage_yuan": 3800.0, "valid_from": "2017-11-01", "valid_to": "2021-07-01"},
            ],
            "EMPLOYED_BY Person PublicUnit": [],
        },
        [(3, "monthly", "required.missing", REFUSED)],
    ),
    Case(
        "staffing_roster",
        "身份证号,单位名称,职务层次,入编日期,出编日期,姓名",
        ["{0},县水利局,科员,2016-01-01,2019-09-30,张三", "{1},县水利局,副科级,2016-00-01,,李四"],
        {
            "WORKS_AT Person PublicUnit": [
                {"start_id": "p0", "end_id": "县水利局", "kind": "staffing_roster", "post": "科员",
                 "valid_from": "2016-01-01", "valid_to": "2019-10-01"},
            ],
            "EMPLOYED_BY Person PublicUnit": [],
        },
        [(3, "from_date", "date.impossible", REFUSED)],
    ),
    Case(
        "needy_workers",
        "身份证号,困难类别,致困原因,建档日期,脱困日期,帮扶金额,职工姓名",
        [
            "{0},相对困难职工,本人大病,2025-09-10,2026-03-09,3000,张三",
            "{1},特别,收入低,2024-06-10,,,李四",
            "{2},深度,收入低,2024-06-31,,1000,王五",
        ],
        {
            "HardshipFile": [
                {"type": "相对", "cause": "本人大病", "from_date": "2025-09-10", "to_date": "2026-03-09"},
                {"type": None, "to_date": None},
            ],
            "HAS_FILE Person HardshipFile": [
                {"start_id": "p0", "valid_from": "2025-09-10", "valid_to": "2026-03-10"},
                {"start_id": "p1", "valid_to": None},
            ],
            "GRANTED Person Fund": [
                {"start_id": "p0", "end_id": "needy_workers", "amount_yuan": 3000.0, "kind": "相对", "basis": "本人大病"}
            ],
        },
        [(3, "type", "enum.unknown", UNKNOWN), (4, "from_date", "date.impossible", REFUSED)],
    ),
    Case(
        "veteran_benefits",
        "身份证号,优抚对象类别,月发放金额,享受起始年月,停发年月,优抚对象姓名",
        ["{0},残疾军人,2250,201707,202509,张三", "{1},在乡复员军人,1580,2025/13,,李四"],
        {
            "DRAWS Person Fund": [
                {"start_id": "p0", "end_id": "veteran_benefits", "kind": "残疾军人", "amount_yuan": 2250.0,
                 "valid_from": "2017-07-01", "valid_to": "2025-10-01"},
            ]
        },
        [(3, "from_month", "month.impossible", REFUSED)],
    ),
    Case(
        "conscript_family",
        "义务兵身份证号,入伍时间,退役日期,户主身份证号,家庭优待金,义务兵姓名",
        [
            "{0},20230910,20250910,{1},13500,张三",
            "{2},20260310,20280310,{3}1,13500,李四",
            "{4},20269999,,,13500,王五",
        ],
        {
            "MilitaryService": [
                {"enlist_date": "2023-09-10", "discharge_date": "2025-09-10", "grant_yuan": 13500.0},
                {"discharge_date": "2028-03-10"},
            ],
            "SERVED Person MilitaryService": [
                {"start_id": "p0", "valid_from": "2023-09-10", "valid_to": "2025-09-11"},
                {"start_id": "p2"},
            ],
            "FAMILY_HEAD MilitaryService Person": [{"end_id": "p1", "valid_from": "2023-09-10"}],
        },
        [(3, "family_head", "id.text", UNKNOWN), (4, "enlist", "date.impossible", REFUSED)],
    ),
    Case(
        "fire_accident",
        "身份证号,起火日期,人员伤亡,直接财产损失(万元)",
        ["{0},2024年07月20日,轻伤,1.08", "{1},2024-07-20,无,无法估计", "{2},昨天,无,1"],
        {
            "Accident": [
                {"event_date": "2024-07-20", "casualty": "轻伤", "loss_yuan": 10800.0},
                {"loss_yuan": None},
            ],
            "HAD_ACCIDENT Person Accident": [{"start_id": "p0", "valid_from": "2024-07-20"}, {"start_id": "p1"}],
            "Disaster": [],
        },
        [(3, "loss", "number.text", UNKNOWN), (4, "event_date", "date.impossible", REFUSED)],
    ),
]  # fmt: skip  # one fact a line


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.slug)
def test_rows_tell_of_posts_allowances_and_blows_and_broken_ones_are_refused(
    office: Office, people: list[str], case: Case
) -> None:
    must_tell(office, people, case)


def test_a_higher_allowance_closes_the_lower_one_in_the_month_of_the_delivery(
    office: Office, people: list[str]
) -> None:
    for amount in (1500, 1580):
        row = f"{people[0]},在乡复员军人,{amount},202001,"
        text = f"person_id,category,amount,from_month,to_month\n{row}\n"
        office.deliver({"veteran_benefits.csv": text}, 'mode = "delta"\n')
    expected = [
        {"amount_yuan": 1500.0, "valid_from": "2020-01-01", "valid_to": "2026-05-01"},
        {"amount_yuan": 1580.0, "valid_from": "2026-05-01", "valid_to": None},
    ]
    must_hold(office, people, "DRAWS Person Fund", expected)


def test_a_cadre_who_leaves_worked_until_that_month(office: Office, people: list[str]) -> None:
    for end in ("", "202605"):
        row = f"{people[0]},金湾坪村,主任,3800,202101,{end}"
        text = f"person_id,village,post,monthly,from_month,to_month\n{row}\n"
        office.deliver({"village_cadre_pay.csv": text}, 'mode = "delta"\n')
    expected = [{"valid_from": "2021-01-01", "valid_to": "2026-06-01"}]
    must_hold(office, people, "WORKS_AT Person PublicUnit", expected)


def test_every_row_of_a_long_file_keeps_its_own_place_wage_and_end(
    office: Office, people: list[str]
) -> None:
    header = "person_id,place,employer,monthly_wage,from_month,to_month"
    rows = [
        f"{people[n % 39]},{'省内' if n % 3 else '上海市'},厂{n},{1000 + n % 7},2020{n % 12 + 1:02d},202{n % 5 + 1}12"
        for n in range(LONG + 10)
    ]
    office.deliver({"migrant_work_monitor.csv": "\n".join([header, *rows])})
    jobs = sorted(office.links("WORKS_AT", "Person", "Employer"), key=lambda job: int(job["row"]))
    assert [job["row"] - 2 for job in jobs] == list(range(LONG + 10))
    for n, job in enumerate(jobs):  # a few thousand
        assert job["place"] == ("省内" if n % 3 else "上海市")
        assert job["wage_yuan"] == 1000 + n % 7
        assert job["valid_to"].year == 2020 + n % 5 + 2

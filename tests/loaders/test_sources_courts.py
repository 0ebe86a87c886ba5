"""Rows of courts, police lists and the hotline: what a court ordered, and how little is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.loaders.told import REFUSED, UNKNOWN, Case, must_hold, must_tell

if TYPE_CHECKING:
    from tests.loaders.conftest import Office

JUDGMENT = "party_ids,type,effective,alimony,case_no,payer_id,payee_id"
CASES = [
    Case(
        "enforcement_case",
        "被执行人身份证号,诉讼地位,执行案号,执行标的(万元),立案日期,结案日期,结案方式",
        [
            "{0},被执行人,（2023）测执1号,40.43,2023-01-06,2023-08-24,终结本次执行",
            "{1},申请执行人,（2023）测执1号,40.43,2023-01-06,2023-08-24,终结本次执行",
            "{2},案外人,（2023）测执2号,1,2023-01-06,,在办",
            "{3},被执行人,（2023）测执3号,1,2023-01-06,2022-01-06,在办",
        ],
        {
            "CourtCase": [
                *[{"kind": "enforcement_case", "status": "终结本次执行", "amount_yuan": 404300.0,
                   "opened_on": "2023-01-06", "closed_on": "2023-08-24"}] * 2,
                {"status": "在办", "closed_on": None},
            ],
            "PARTY_TO Person CourtCase": [
                {"start_id": "p0", "role": "被执行人", "valid_from": "2023-01-06", "valid_to": "2023-08-25"},
                {"start_id": "p1", "role": "申请人"},
                {"start_id": "p3", "valid_to": None},
            ],
        },
        [(4, "role", "enum.unknown", REFUSED), (5, "closed", "date.order", UNKNOWN)],
    ),
    Case(
        "dishonest_list",
        "被执行人身份证号,发布时间,解除日期,被执行人的履行情况",
        ["{0},2021.12.27,2023.12.27,全部未履行", "{1},0000-00-00,,全部未履行"],
        {
            "CourtCase": [
                {"kind": "dishonest_list", "status": "全部未履行", "opened_on": "2021-12-27", "closed_on": "2023-12-27"}
            ],
            "PARTY_TO Person CourtCase": [
                {"start_id": "p0", "role": "debtor", "valid_from": "2021-12-27", "valid_to": "2023-12-27"}
            ],
        },
        [(3, "published", "date.impossible", REFUSED)],
    ),
    Case(
        "court_divorce_judgments",
        "当事人证件号码,案由,裁判生效日期,月抚养费,案号,给付义务人身份证号,受领人身份证号",
        [
            "{0}、{1},离婚纠纷,2019-09-13,500,（2019）测民1号,{1},{2}",
            "{3};{4},赡养费纠纷,2020-05-06,,,{3},{4}",
            '"[""{5}""]",申请宣告公民失踪,2020-05-06,,,,',
            "{6}、{7},婚姻无效,2020-05-06,,,,",
            "{6}、53990119800101001X,离婚,2020-05-06,,,,",
            ",离婚,2020-05-06,,,,",
        ],
        {
            "CourtCase": [
                {"kind": "court_divorce_judgments", "type": "离婚", "monthly_yuan": 500.0, "opened_on": "2019-09-13"},
                {"type": "赡养", "monthly_yuan": None},
                {"type": "宣告失踪"},
            ],
            # A child is paid, though no party.
            "PARTY_TO Person CourtCase": [
                {"start_id": "p0", "role": "party", "valid_from": "2019-09-13"},
                {"start_id": "p1", "role": "payer"}, {"start_id": "p2", "role": "payee"},
                {"start_id": "p3", "role": "payer"}, {"start_id": "p4", "role": "payee"},
                {"start_id": "p5", "role": "party"},
            ],
        },
        [
            (5, "type", "enum.unknown", REFUSED),
            (6, "party_ids", "id.checksum", REFUSED),
            (7, "party_ids", "required.missing", REFUSED),
        ],
    ),
    Case(
        "judicial_auction",
        "竞买人身份证号,拍卖标的,成交价（万元）,成交日期,角色",
        [
            "{0},某小区3幢201室住宅一套,40.2,2025-03-18,买受人",
            "{1},小型轿车一辆,2.82,2022-02-18,被执行人",
            "{2},一楼商铺,流拍,2022-02-18,买受人",
        ],
        {
            "CourtCase": [
                {"kind": "judicial_auction", "type": "home", "amount_yuan": 402000.0, "opened_on": "2025-03-18"},
                {"type": "vehicle", "amount_yuan": 28200.0},
            ],
            "PARTY_TO Person CourtCase": [
                {"start_id": "p0", "role": "买受人", "valid_from": "2025-03-18"},
                {"start_id": "p1", "role": "被执行人"},
            ],
        },
        [(4, "price", "number.text", REFUSED)],
    ),
    Case(
        "hotline_ticket",
        "工单号,被反映人身份证号,行政区划代码,工单类型,诉求主题,来电日期,核查结果",
        [
            "RX1,{0},539901004003,检举,个税身份冒用,2026-01-10,属实",
            "RX2,,539901004,求助类,临时救助,2026-01-11,转办",
            "RX3,,,表扬,其他,,",
        ],
        {
            "Ticket": [
                {"type": "举报", "topic": "个税身份冒用", "result": "属实", "ticket_date": "2026-01-10",
                 "area_code": "539901004003"},
                {"type": "求助", "area_code": "539901004000"},
            ],
            "ABOUT Ticket Person": [
                {"start_id": "hotline_ticket/RX1", "end_id": "p0", "valid_from": "2026-01-10"}
            ],
        },
        [(4, "date", "required.missing", REFUSED)],
    ),
]  # fmt: skip  # one fact a line


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.slug)
def test_rows_tell_of_cases_and_tickets_and_broken_ones_are_refused(
    office: Office, people: list[str], case: Case
) -> None:
    must_tell(office, people, case)


def test_a_divorce_by_a_court_ends_a_marriage_like_one_at_the_registry(
    office: Office, people: list[str]
) -> None:
    one, two, three, four = people[:4]
    rows = [
        f"{one}、{two},离婚,2019-09-13,500,,,",
        f"{two}、{three},抚养,2020-01-01,300,,,",
        f"{three},离婚,2020-01-01,,,,",
        f"{two}、{three}、{four},离婚,2020-01-01,,,,",
    ]
    office.deliver({"court_divorce_judgments.csv": "\n".join([JUDGMENT, *rows])})
    (divorce,) = office.links("DIVORCED_FROM", "Person", "Person")
    ends = sorted([divorce["start_id"], divorce["end_id"]])
    parties = office.links("PARTY_TO", "Person", "CourtCase")
    assert ends == sorted(p["start_id"] for p in parties if p["row"] == 2)
    assert str(divorce["valid_from"]) == "2019-09-13"


def test_the_graph_knows_of_a_religious_post_only_that_it_is_held_and_since_when(
    office: Office, people: list[str]
) -> None:
    rows = f"身份证号,认定日期,宗教活动场所\n{people[0]},2016-05-06,某镇清凉寺\n{people[1]},去年,\n"
    office.deliver({"religious_personnel.csv": rows})
    assert office.quarantine() == [(3, "from_date", "date.impossible", REFUSED)]
    must_hold(
        office,
        people,
        "HOLDS_POST Person ReligiousPost",
        [{"start_id": "p0", "valid_from": "2016-05-06"}],
    )
    told = office.links("HOLDS_POST", "Person", "ReligiousPost")[0]
    kept = (office.home / "tables").rglob("*.parquet")
    assert "清凉寺" not in str(told)
    assert all("清凉寺".encode() not in path.read_bytes() for path in kept)

"""Rows of civil affairs, police and justice: children, stays, visits, checks, books and terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from tests.loaders.told import REFUSED, UNKNOWN, Case, must_hold, must_tell

if TYPE_CHECKING:
    from tests.loaders.conftest import Office

CASES = [
    Case(
        "orphan_child_register",
        "儿童身份证号,类型,监护人身份证号,父亲身份证号,母亲身份证号,父亲状况,母亲状况,月保障金额,起始年月,终止年月,儿童姓名,区划代码",
        [
            "{0},孤儿,{1},{2},,死亡,死亡,1150,202311,202508,张世凤,539901001002",
            "{3},事实无人抚养儿童,{4},,{5},失踪,服刑,1150,2023-13,,李四,539901001002",
            "{6},孤儿,{1},,,死亡,死亡,待核,202401,,王五,539901001",
        ],
        {
            "Benefit": [
                {"register": "orphan_child_register", "programme": "孤儿基本生活费", "category": "孤儿",
                 "monthly_amount_yuan": 1150.0, "start_date": "2023-11-01", "end_date": "2025-09-01",
                 "area_code": "539901001002", "township": "539901001000"},
                {"monthly_amount_yuan": None, "end_date": None, "area_code": "539901001000"},
            ],
            "RECEIVES Person Benefit": [
                {"start_id": "p0", "valid_from": "2023-11-01", "valid_to": "2025-09-01"}, {"start_id": "p6"},
            ],
            "ChildCase": [
                {"kind": "orphan_child_register", "type": "孤儿", "father_status": "死亡", "mother_status": "死亡"},
                {"type": "孤儿"},
            ],
            "CHILD_CASE Person ChildCase": [
                {"start_id": "p0", "role": "child", "valid_to": "2025-09-01"},
                {"start_id": "p2", "role": "father"}, {"start_id": "p6", "role": "child"},
            ],
            "GUARDIAN_OF Person Person": [
                {"start_id": "p1", "end_id": "p0", "register": "orphan_child_register"},
                {"start_id": "p1", "end_id": "p6"},
            ],
            "PARENT_OF Person Person": [],
        },
        [(3, "start_month", "month.impossible", REFUSED), (4, "monthly_amount", "number.text", UNKNOWN)],
    ),
    Case(
        "adoption_registration",
        "收养人身份证号,被收养人身份证号,收养日期,解除日期,被收养人姓名",
        ["{0}、{1},{2},2023-02-03,2023-10-24,张世凤", "{3},{4},2023-02-30,,李四", "{3},{5},2023-02-03,2022-01-01,王五"],
        {
            "ADOPTED Person Person": [
                {"start_id": "p0", "end_id": "p2", "valid_from": "2023-02-03", "valid_to": "2023-10-24"},
                {"start_id": "p1", "end_id": "p2"}, {"start_id": "p3", "end_id": "p5", "valid_to": None},
            ],
            "PARENT_OF Person Person": [],
        },
        [(3, "adoption_date", "date.impossible", REFUSED), (4, "dissolved_date", "date.order", UNKNOWN)],
    ),
    Case(
        "institution_residents",
        "身份证号,机构编号,入院日期,离院日期,缴费人身份证号,月收费标准,老人姓名",
        [
            "{0},JG003,2024/09/04,2026/04/12,{1},900.00,梁世芳",
            "{2},JG001,2024/09/04,2024/01/12,{1},——,李四",
            "{3},JG001,0000/00/00,,,0,王五",
        ],
        {
            "Stay": [
                {"kind": "institution_residents", "place": "JG003", "monthly_fee_yuan": 900.0,
                 "from_date": "2024-09-04", "to_date": "2026-04-12"},
                {"place": "JG001", "monthly_fee_yuan": None, "to_date": None},
            ],
            "STAYED Person Stay": [
                {"start_id": "p0", "valid_from": "2024-09-04", "valid_to": "2026-04-13"}, {"start_id": "p2", "valid_to": None},
            ],
            "PAYS_FEE Person Stay": [{"start_id": "p1", "valid_to": "2026-04-13"}, {"start_id": "p1"}],
        },
        [
            (3, "check_out", "date.order", UNKNOWN),
            (3, "monthly_fee", "number.text", UNKNOWN),
            (4, "check_in", "date.impossible", REFUSED),
        ],
    ),
    Case(
        "left_behind_children",
        "儿童身份证号,委托照护人身份证号,父母所在地,儿童类别,儿童姓名",
        ["{0},{1},浙江杭州,留守,郭秀琳", "{2},{1}9,上海,留守,李四", "无,{1},上海,留守,"],
        {
            "ChildCase": [{"kind": "left_behind_children", "type": "留守", "parents_place": "浙江杭州"}, {"parents_place": "上海"}],
            "CHILD_CASE Person ChildCase": [{"start_id": "p0", "role": "child"}, {"start_id": "p2"}],
            "GUARDIAN_OF Person Person": [{"start_id": "p1", "end_id": "p0", "register": "left_behind_children"}],
        },
        [(3, "guardian_id", "id.text", UNKNOWN), (4, "child_id", "id.missing", REFUSED)],
    ),
    Case(
        "homeless_relief",
        "临时编号,公民身份号码,救助站,入站日期,离站日期,姓名,出生日期",
        ["LJ1,{0},合成县救助管理站,2023-05-04,2023-05-05,郑小发,", "LJ2,,合成县救助管理站,2023-08-17,,,", "LJ3,,合成县救助管理站,,,,"],
        {
            "Stay": [{"kind": "homeless_relief", "place": "合成县救助管理站", "to_date": "2023-05-05"}, {"to_date": None}],
            "STAYED Person Stay": [{"start_id": "p0", "valid_from": "2023-05-04", "valid_to": "2023-05-06"}],
        },
        [(4, "admit_date", "required.missing", REFUSED)],
    ),
    Case(
        "home_visit_record",
        "走访编号,线索编号,户编号,走访时间,走访人,定位,走访情况,照片,签名",
        [
            'RH1,XS00065,DB539901001002601,2025-06-11 11:47:00,mz00102；村民小组长,26.2 104.6,"{{""residents"":2,""help_wanted"":""就医""}}",b469c5;99ab,8789',
            "RH2,,100000472,2025年3月7日,mz00102,,老人王五独居,,",
            "RH3,,DB1,2025-06-31 11:47:00,mz00102,,,,",
            "RH4,,,2025-06-11,mz00102,,,,",
        ],
        {
            "Visit": [
                {"household_id": "DB539901001002601", "visit_date": "2025-06-11", "lead_id": "XS00065",
                 "help_wanted": "就医", "photos": 2, "signed": True},
                {"visit_date": "2025-03-07", "help_wanted": None, "photos": 0, "signed": False},
            ],
            "VISITED HouseholdNumber Visit": [
                {"start_id": "DB539901001002601", "valid_from": "2025-06-11"}, {"start_id": "100000472"},
            ],
            "Household": [],
        },
        [(4, "visit_time", "date.impossible", REFUSED), (5, "household_id", "required.missing", REFUSED)],
    ),
    Case(
        "means_check_report",
        "报告编号,户编号,授权人身份证号,授权起,授权止,查询来源,结果,出具时间",
        [
            'HD1,DB1,{0};{1},2024年06月02日,2027年06月01日,公安;人社,"{{""status"": ""不符合""}}",2024-06-21 09:57:00',
            "HD2,DB2,{2},2024-06-02,2024-01-01,公安,符合,2024-06-21",
            "HD3,DB3,{2},2024-06-02,,公安,符合,",
        ],
        {
            "CheckReport": [
                {"household_id": "DB1", "authorised_from": "2024-06-02", "authorised_to": "2027-06-01",
                 "queried": "公安;人社", "result": "不符合", "issued_on": "2024-06-21"},
                {"authorised_to": None, "result": "符合"},
                {"issued_on": None},
            ],
            "AUTHORISED Person CheckReport": [
                {"start_id": "p0", "valid_from": "2024-06-02", "valid_to": "2027-06-02"},
                {"start_id": "p1"}, {"start_id": "p2", "valid_to": None}, {"start_id": "p2"},
            ],
            "CHECKED HouseholdNumber CheckReport": [
                {"start_id": "DB1", "valid_from": "2024-06-21"}, {"start_id": "DB2"}, {"start_id": "DB3", "valid_from": None},
            ],
        },
        [(3, "authorised_to", "date.order", UNKNOWN)],
    ),
    Case(
        "charity_aid",
        "身份证号,慈善组织,帮扶金额,帮扶日期,用途,姓名",
        ["{0},合成县慈善会,1700.00,2025.07.13,助困,黄秀丽", "{1},合成县慈善会,捐物,2025.07.13,助困,李四"],
        {
            "GRANTED Person Fund": [
                {"start_id": "p0", "end_id": "charity_aid/合成县慈善会", "kind": "助困", "amount_yuan": 1700.0,
                 "valid_from": "2025-07-13", "valid_to": "2025-07-14"},
            ]
        },
        [(3, "amount", "number.text", REFUSED)],
    ),
    Case(
        "hukou_change",
        "公民身份号码,变动类型,变动日期,原户号,现户号,变动原因,迁出地代码,迁往地代码",
        ["{0},分家立户,2021年03月21日,100001708,100001001,分家,,", "{1},迁入登记,2021-03-21,,1,婚迁,539901001,539901003001", "{2},改名,2021-03-21,,,,,"],
        {
            "HukouMove": [
                {"type": "分户", "from_book": "100001708", "to_book": "100001001", "reason": "分家", "move_date": "2021-03-21"},
                {"type": "迁入", "origin_code": "539901001000", "destination_code": "539901003001"},
            ],
            "MOVED Person HukouMove": [{"start_id": "p0", "valid_from": "2021-03-21"}, {"start_id": "p1"}],
        },
        [(4, "change_type", "enum.unknown", REFUSED)],
    ),
    Case(
        "exit_entry",
        "身份证号,证件种类,出境日期,入境日期,目的地,用途",
        ["{0},普通护照,2024-12-03,2024-12-09,泰国,旅游", "{1},普通护照,2024-12-03,,泰国,劳务", "{2},普通护照,2027-12-03,,泰国,劳务"],
        {
            "Stay": [
                {"kind": "exit_entry", "type": "旅游", "document": "普通护照", "place": "泰国", "to_date": "2024-12-09"},
                {"type": "劳务", "to_date": None},
            ],
            "STAYED Person Stay": [
                {"start_id": "p0", "valid_from": "2024-12-03", "valid_to": "2024-12-10"}, {"start_id": "p1", "valid_to": None},
            ],
        },
        [(4, "exit_date", "date.future", REFUSED)],
    ),
    Case(
        "residence_permit",
        "身份证号,居住地区划代码,居住地址,起始日期,截止日期,工作单位,姓名",
        ["{0},530100,外来人口公寓382,2022-01-03,2030-01-02,某厂,罗雨俊", "{1},530100,公寓1,2022-01-03,2021-01-02,,李四", "{2},530100,,2022-1,,,王五"],
        {
            "Stay": [
                {"kind": "residence_permit", "place": "530100000000", "from_date": "2022-01-03", "to_date": "2030-01-02"},
                {"to_date": None},
            ],
            "STAYED Person Stay": [{"start_id": "p0", "valid_to": "2030-01-03"}, {"start_id": "p1"}],
            "WORKS_AT Person Employer": [{"start_id": "p0", "kind": "residence_permit", "place": "530100000000"}],
        },
        [(3, "to_date", "date.order", UNKNOWN), (4, "from_date", "date.impossible", REFUSED)],
    ),
    Case(
        "missing_person_report",
        "身份证号,报案日期,状态,找到日期,失踪人姓名",
        ["{0},2026-03-11,已找到,2026-03-24,邱荣萍", "{1},2022-02-11,查找中,,王颖", "4.5E+17,2022-02-11,查找中,,李四"],
        {
            "MissingReport": [
                {"status": "已找到", "report_date": "2026-03-11", "found_date": "2026-03-24"}, {"status": "查找中"},
            ],
            "REPORTED_MISSING Person MissingReport": [
                {"start_id": "p0", "valid_from": "2026-03-11", "valid_to": "2026-03-24"}, {"start_id": "p1", "valid_to": None},
            ],
        },
        [(4, "person_id", "id.scientific", REFUSED)],
    ),
    Case(
        "detention_detox",
        "身份证号,羁押类型,入所日期,出所日期,姓名",
        ["{0},强制隔离戒毒,20241013,20281028,何东", "{1},刑事拘留,20241313,,李四"],
        {
            "Detention": [{"type": "强制隔离戒毒", "from_date": "2024-10-13", "to_date": "2028-10-28"}],
            "DETAINED Person Detention": [{"start_id": "p0", "valid_from": "2024-10-13", "valid_to": "2028-10-29"}],
            "HELD_IN Person Custody": [],
        },
        [(3, "from_date", "date.impossible", REFUSED)],
    ),
    Case(
        "community_correction",
        "身份证号,矫正开始日期,矫正结束日期,矫正对象姓名",
        ["{0},2024-05-17,2026-11-28,李光生", "{1},2024-05-17,2023-11-28,李四", "{2},昨天,,王五"],
        {
            "Correction": [{"from_date": "2024-05-17", "to_date": "2026-11-28"}, {"to_date": None}],
            "UNDER_CORRECTION Person Correction": [{"start_id": "p0", "valid_to": "2026-11-29"}, {"start_id": "p1"}],
        },
        [(3, "to_date", "date.order", UNKNOWN), (4, "from_date", "date.impossible", REFUSED)],
    ),
    Case(
        "id_document",
        "身份证号,发证日期,有效期至,旧证号码,曾用名,姓名",
        [
            "{0},20140330,长期,539901800101001,,张三",
            "{1},20231018,20431018,539901800101009,李旧,李四",
            "{2},20231018,20431018,5399018001,,王五",
            "{3},20270101,,,,赵六",
        ],
        {
            "IdDocument": [
                {"issue_date": "2014-03-30", "expires_on": None}, {"expires_on": "2043-10-18"}, {"expires_on": "2043-10-18"},
            ],
            "HOLDS_DOCUMENT Person IdDocument": [
                {"start_id": "p0", "former_name_token": None, "valid_from": "2014-03-30", "valid_to": None},
                {"start_id": "p1", "valid_to": "2043-10-19"}, {"start_id": "p2"},
            ],
            "FORMER_NUMBER Person Person": [{"start_id": "p1", "end_id": "p8", "grade": "repaired"}],
        },
        [(4, "old_id", "id.text", UNKNOWN), (5, "issue_date", "date.future", REFUSED)],
    ),
]  # fmt: skip  # one fact a line


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.slug)
def test_rows_tell_of_children_stays_and_terms_and_broken_ones_are_refused(
    office: Office, people: list[str], case: Case
) -> None:
    must_tell(office, people, case)


def test_a_new_guardian_takes_over_in_the_month_of_the_delivery(
    office: Office, people: list[str]
) -> None:
    for guardian in people[1:3]:
        row = f"{people[0]},孤儿,{guardian},,,死亡,死亡,1150,202301,"
        header = "child_id,type,guardian_id,father_id,mother_id,father_status,mother_status,monthly_amount,start_month,end_month"
        office.deliver({"orphan_child_register.csv": f"{header}\n{row}\n"}, 'mode = "delta"\n')
    expected: list[dict[str, object]] = [
        {"start_id": "p1", "valid_from": "2023-01-01", "valid_to": "2026-05-01"},
        {"start_id": "p2", "valid_from": "2026-05-01", "valid_to": None},
    ]
    must_hold(office, people, "GUARDIAN_OF Person Person", expected)
    must_hold(
        office,
        people,
        "RECEIVES Person Benefit",
        [{"start_id": "p0", "valid_from": "2023-01-01", "valid_to": None}],
    )


def test_who_is_only_named_at_a_station_stays_there_by_name(office: Office) -> None:
    row = "temp_id,person_id,station,admit_date,leave_date,name\nLJ1,,救助站,2023-08-17,,无名氏6\n"
    office.deliver({"homeless_relief.csv": row})
    [stay] = office.links("STAYED", "Person", "Stay")
    assert stay["grade"] == "name_only"


def test_no_word_name_place_or_signature_of_a_visit_is_kept(office: Office) -> None:
    header = "visit_id,lead_id,household_id,visit_time,visitors,gps,findings,photos,signature"
    office.deliver(
        {
            "home_visit_record.csv": f"{header}\nRH1,,DB1,2025-06-11,李走访,26.2 104.6,老人王五独居,,李签字\n"
        }
    )
    files = sorted((office.home / "tables").rglob("*.parquet"))
    kept = [str(pq.read_table(path).to_pylist()) for path in files]
    assert any("DB1" in text for text in kept)
    for word in ("李走访", "26.2", "王五", "李签字"):
        assert not any(word in text for text in kept)


@pytest.mark.parametrize(
    ("programme", "event", "household"),
    [
        ("单人保", "申请", "low_income_edge_register/BY1"),
        ("单人保", "不予受理", "low_income_edge_register/BY1"),
        ("单人保", "不予确认", "low_income_edge_register/BY1"),
        ("单人保", "确认", "dibao_household_register/BY1"),
        ("低保边缘", "确认", "low_income_edge_register/BY1"),
        ("刚性支出", "申请", "rigid_expenditure_register/BY1"),
        ("低保", "不予确认", "dibao_household_register/BY1"),
    ],
)
def test_an_application_to_be_paid_alone_is_a_case_of_the_family_on_the_edge(
    office: Office, programme: str, event: str, household: str
) -> None:
    header = "case_id,household_id,programme,event,event_date,reason_code,decision_no"
    row = f"SQ1,BY1,{programme},{event},2025-08-12,自愿放弃,W1"
    office.deliver({"assistance_case_history.csv": f"{header}\n{row}\n"})
    assert [link["start_id"] for link in office.links("HAS_CASE", "Household", "CaseEvent")] == [
        household
    ]

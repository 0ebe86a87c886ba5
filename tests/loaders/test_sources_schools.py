"""Rows of the schools and of the federation of disabled people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.loaders.told import REFUSED, UNKNOWN, Case, must_tell

if TYPE_CHECKING:
    from tests.loaders.conftest import Office

CASES = [
    Case(
        "rehabilitation_aid",
        "身份证号,救助项目,救助金额,服务日期,自付金额,残疾人姓名",
        [
            "{0},轮椅,1000元,2025年3月7日,0,王小明",
            "{1},助听器,待核,2025-04-01,20,李大力",
            "{2},护理床,2500,2025-13-01,20,孙强",
            "4.5E+17,轮椅,900,2025-04-01,20,赵一",
        ],
        {
            "GRANTED Person Fund": [
                {"start_id": "p0", "end_id": "rehabilitation_aid", "kind": "轮椅", "amount_yuan": 1000.0,
                 "self_pay_yuan": 0.0, "valid_from": "2025-03-07", "valid_to": "2025-03-08"},
            ]
        },
        [
            (3, "amount", "number.text", REFUSED),
            (4, "date", "date.impossible", REFUSED),
            (5, "person_id", "id.scientific", REFUSED),
        ],
    ),
    Case(
        "student_aid",
        "身份证号码,资助项目,资助金额(万元),资助年度,认定依据",
        ["{0},本专科国家助学金,0.37,2025,脱贫户", "{1},国家助学金,0.2,二〇二五,低保"],
        {
            "GRANTED Person Fund": [
                {"start_id": "p0", "end_id": "student_aid", "kind": "本专科国家助学金", "amount_yuan": 3700.0,
                 "year": 2025, "basis": "脱贫户", "valid_from": "2025-01-01", "valid_to": "2026-01-01"},
            ]
        },
        [(3, "year", "number.text", REFUSED)],
    ),
    Case(
        "private_school_fees",
        "学生身份证号,学校名称,学费,付款人身份证号,年度",
        ["{0},某私立小学,18800,{1},2025", "{2},某私立小学,——,,2025"],
        {
            "SchoolFee": [{"kind": "private_school_fees", "school": "某私立小学", "fee_yuan": 18800.0}],
            "SCHOOL_FEE Person SchoolFee": [
                {"start_id": "p0", "role": "pupil", "valid_from": "2025-01-01", "valid_to": "2026-01-01"},
                {"start_id": "p1", "role": "payer"},
            ],
        },
        [(3, "fee", "number.text", REFUSED)],
    ),
    Case(
        "tertiary_tuition_loan",
        "公民身份号码,院校,学费,住宿费,助学贷款金额,年度",
        ["{0},某大学,5500,1000,6500,2024", "{0},某大学,5500,待核,0,2025", "{1},某大学,,1000,0,2025"],
        {
            "SchoolFee": [
                {"fee_yuan": 5500.0, "boarding_yuan": 1000.0, "year": 2024},
                {"fee_yuan": 5500.0, "boarding_yuan": None, "year": 2025},
            ],
            "SCHOOL_FEE Person SchoolFee": [{"start_id": "p0", "role": "pupil"}] * 2,
            "Loan": [{"kind": "tertiary_tuition_loan", "type": "助学", "amount_yuan": 6500.0}],
            "OWES Person Loan": [{"start_id": "p0", "role": "borrower", "valid_from": "2024-01-01"}],
        },
        [(3, "boarding_fee", "number.text", UNKNOWN), (4, "tuition", "required.missing", REFUSED)],
    ),
    Case(
        "dropout_watch",
        "身份证号,在学状态,辍学原因,登记日期,学生姓名",
        ["{0},辍学,厌学,20250819,陈一", ",已复学,疾病,20250820,陈二", "{1},辍学,,20990101,陈三"],
        {
            # A child without a number is known by name only.
            "DropoutRecord": [{"status": "辍学", "reason": "厌学", "record_date": "2025-08-19"}, {"status": "已复学"}],
            "DROPPED_OUT Person DropoutRecord": [
                {"start_id": "p0", "valid_from": "2025-08-19"}, {"grade": "name_only", "valid_from": "2025-08-20"},
            ],
        },
        [(3, "person_id", "id.missing", UNKNOWN), (4, "date", "date.future", REFUSED)],
    ),
]  # fmt: skip  # one fact a line


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.slug)
def test_rows_tell_what_schools_and_aid_cost_and_broken_ones_are_refused(
    office: Office, people: list[str], case: Case
) -> None:
    must_tell(office, people, case)

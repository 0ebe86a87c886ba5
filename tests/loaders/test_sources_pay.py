"""Rows of pensions, wages, taxes and of what the market office registers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.loaders.told import REFUSED, UNKNOWN, Case, must_hold, must_tell

if TYPE_CHECKING:
    from tests.loaders.conftest import Office

FIRM, COOP = "91539901100721200D", "93539901400236063C"
HASH = "063bd3f913da271eaa0edb022c5fc9fa"
CASES = [
    Case(
        "employee_pension_payment",
        "身份证号,月养老金,享受起始年月,停发年月,账号哈希,姓名",
        [f"{{0}},2505.01,201412,202512,{HASH},戴国敏", "{1},待核,201412,,,李四", "{2},1800,2014年12月,201312,,王五"],
        {
            "DRAWS Person Fund": [
                {"start_id": "p0", "end_id": "employee_pension_payment", "kind": "职工养老金", "amount_yuan": 2505.01,
                 "valid_from": "2014-12-01", "valid_to": "2026-01-01"},
                {"start_id": "p2", "valid_from": "2014-12-01", "valid_to": None},
            ],
            "TO_ACCOUNT Person Account": [
                {"start_id": "p0", "end_id": HASH, "kind": "employee_pension_payment", "valid_to": "2026-01-01"},
            ],
            "HOLDS_ACCOUNT Person Account": [],
        },
        [(3, "amount", "number.text", REFUSED), (4, "stop_month", "date.order", UNKNOWN)],
    ),
    Case(
        "resident_pension_payment",
        "身份证号,基础养老金,个人账户养老金,所属年月,账号哈希,姓名",
        [f"{{0}},143,26.13,2025年4月,{HASH},张雅", "{1},143,——,202504,,李四", "{2},143,1,202513,,王五"],
        {
            "DRAWS Person Fund": [
                {"start_id": "p0", "end_id": "resident_pension_payment", "amount_yuan": 169.13, "part_yuan": 26.13,
                 "valid_from": "2025-04-01", "valid_to": "2025-05-01"},
                {"start_id": "p1", "amount_yuan": 143.0, "part_yuan": None},
            ],
            "TO_ACCOUNT Person Account": [{"start_id": "p0", "end_id": HASH, "valid_from": "2025-04-01"}],
        },
        [(3, "personal", "number.text", UNKNOWN), (4, "pay_month", "month.impossible", REFUSED)],
    ),
    Case(
        "unemployment_benefit",
        "身份证号,失业保险金金额,领取起始年月,领取终止年月,姓名",
        ["{0},1568.00,202303,202305,刘正德", "{1},,202303,,李四"],
        {
            "DRAWS Person Fund": [
                {"start_id": "p0", "end_id": "unemployment_benefit", "amount_yuan": 1568.0,
                 "valid_from": "2023-03-01", "valid_to": "2023-06-01"},
            ]
        },
        [(3, "amount", "required.missing", REFUSED)],
    ),
    Case(
        "work_injury_benefit",
        "身份证号,工伤发生日期,伤残等级,月金额,护理费,一次性待遇,姓名",
        ["{0},2025.05.14,6,2957.50,500,77350,李勇", "{1},2019.06.15,9,0,0,8.9650万元,李菊", "{2},2019.06.31,9,0,0,1,王五"],
        {
            "WorkInjury": [{"injury_date": "2019-06-15", "disability_grade": "9"}, {"disability_grade": "6"}],
            "INJURED Person WorkInjury": [{"start_id": "p1", "valid_from": "2019-06-15"}, {"start_id": "p0"}],
            "DRAWS Person Fund": [
                {"start_id": "p0", "end_id": "work_injury_benefit", "amount_yuan": 3457.5, "part_yuan": 500.0,
                 "valid_from": "2025-05-14"},
            ],
            "GRANTED Person Fund": [
                {"start_id": "p1", "amount_yuan": 89650.0, "event_date": "2019-06-15"},
                {"start_id": "p0", "amount_yuan": 77350.0},
            ],
        },
        [(4, "injury_date", "date.impossible", REFUSED)],
    ),
    Case(
        "migrant_wage_payment",
        "身份证号,工程项目编号,用工单位统一社会信用代码,工资月份,应发工资,实发工资,工人姓名",
        [f"{{0}},XM6,{FIRM},202310,2227.49,2116.12,崔荣国", "{1},XM7,,202310,3000,,李四", "{2},XM8,91539901100721200X,202310,3000,1,王五", "{3},XM7,,202310,——,1,赵六"],
        {
            "INCOME_FROM Person Company": [
                {"start_id": "p0", "end_id": FIRM, "kind": "migrant_wage_payment", "amount_yuan": 2227.49,
                 "net_yuan": 2116.12, "valid_from": "2023-10-01", "valid_to": "2023-11-01"},
            ],
            "INCOME_FROM Person Employer": [
                {"start_id": "p1", "end_id": "migrant_wage_payment/XM7", "amount_yuan": 3000.0}, {"start_id": "p2"},
            ],
            "EMPLOYED_BY Person Company": [],
        },
        [(4, "employer_uscc", "uscc.checksum", UNKNOWN), (5, "gross", "number.text", REFUSED)],
    ),
    Case(
        "employment_registration",
        "身份证号,用人单位统一社会信用代码,合同起始日期,合同终止日期,工种,月工资,姓名",
        [f"{{0}},{FIRM},2021年04月09日,2028年04月08日,厨师,3540.00,黄俊", "{1},91539901100721200X,2021-04-09,,,,李四"],
        {
            "WORKS_AT Person Company": [
                {"start_id": "p0", "end_id": FIRM, "kind": "employment_registration", "post": "厨师", "wage_yuan": 3540.0,
                 "valid_from": "2021-04-09", "valid_to": "2028-04-09"},
            ],
            "EMPLOYED_BY Person Company": [],
        },
        [(3, "employer_uscc", "uscc.checksum", REFUSED)],
    ),
    Case(
        "individual_income_tax",
        "身份证号,扣缴义务人统一社会信用代码,税款所属期,所得项目,收入额,税额,纳税人姓名",
        [f"{{0}},{FIRM},202601,工资薪金所得,8800,114,周秀翔", "{1},,202601,经营所得,8800,,李四", f"{{2}},{FIRM},2026年,工资薪金所得,8800,,王五"],
        {
            "INCOME_FROM Person Company": [
                {"start_id": "p0", "end_id": FIRM, "kind": "individual_income_tax", "income_type": "工资薪金所得",
                 "amount_yuan": 8800.0, "tax_yuan": 114.0, "valid_from": "2026-01-01", "valid_to": "2026-02-01"},
            ],
            "INCOME_FROM Person Employer": [{"start_id": "p1", "income_type": "经营所得"}],
        },
        [(4, "tax_month", "month.impossible", REFUSED)],
    ),
    Case(
        "deed_tax",
        "承受人身份证号,不动产单元号,合同价(万元),缴税日期,份额,付款账号哈希,承受人姓名",
        [f"{{0}},U1,34.23,2016-12-05,50%,{HASH},曹世明", "{1},U2,面议,2016-12-05,1,,李四", "{2},U3,20,2016-12-05,一半,,王五"],
        {
            "PAID_TAX Person Property": [
                {"start_id": "p0", "end_id": "U1", "kind": "deed_tax", "price_yuan": 342300.0, "share": 0.5,
                 "pay_date": "2016-12-05", "valid_to": "2016-12-06"},
                {"start_id": "p2", "share": None},
            ],
            "PAID_FROM Property Account": [{"start_id": "U1", "end_id": HASH}],
            "OWNS Person Property": [],
            "PAYS_FOR Person Vehicle": [],
        },
        [(3, "contract_price", "number.text", REFUSED), (4, "share", "number.text", UNKNOWN)],
    ),
    Case(
        "vehicle_purchase_tax",
        "纳税人身份证号,车架号,计税价格,缴税日期",
        ["{0},LDTW2KVA9TSP00287,124159.29,2022-09-18", "{1},,1,2022-09-18"],
        {
            "PAID_TAX Person Vehicle": [
                {"start_id": "p0", "end_id": "LDTW2KVA9TSP00287", "kind": "vehicle_purchase_tax", "price_yuan": 124159.29},
            ],
            "PAYS_FOR Person Vehicle": [],
            "OWNS Person Vehicle": [],
        },
        [(3, "vin", "required.missing", REFUSED)],
    ),
    Case(
        "rental_invoice",
        "房东身份证号,出租房屋地址,开票金额,开票日期,承租人,发票号码,房东姓名",
        ["{0},合成县青溪坪村9891号,3750.00,2024.09.03,王五,FP1,王发", "{1},某村1号,免租,2024.09.03,,,李四"],
        {
            "Lease": [{"kind": "rental_invoice", "invoice_yuan": 3750.0, "from_date": "2024-09-03", "to_date": None}],
            "LETS Person Lease": [{"start_id": "p0", "valid_from": "2024-09-03", "valid_to": "2024-09-04"}],
        },
        [(3, "amount", "number.text", REFUSED)],
    ),
    Case(
        "farmer_cooperative_members",
        "合作社统一社会信用代码,社员身份证号,出资额(万元),角色,入社日期,社员姓名",
        [f"{COOP},{{0}},0.3,理事长,2023-05-10,方海武", f"{COOP},{{1}},,成员,2023-13-10,李四", "93539901400236063D,{2},,成员,,王五"],
        {
            "COOP_MEMBER_OF Person Company": [
                {"start_id": "p0", "end_id": COOP, "contribution_yuan": 3000.0, "role": "理事长", "valid_from": "2023-05-10"},
                {"start_id": "p1", "valid_from": None},
            ],
            "SHAREHOLDER_OF Person Company": [],
            "EXEC_OF Person Company": [],
        },
        [(3, "join_date", "date.impossible", UNKNOWN), (4, "coop_uscc", "uscc.checksum", REFUSED)],
    ),
    Case(
        "registration_changes",
        "统一社会信用代码,变更事项,变更前,变更后,变更日期",
        [f"{FIRM},撤销冒名登记,刘东,田子燕,2018-11-13", f"{FIRM},注册资本变更,30万元,300万元,2018-11-31"],
        {
            "CompanyChange": [{"item": "撤销冒名登记", "change_date": "2018-11-13"}],
            "CHANGED Company CompanyChange": [{"start_id": FIRM, "valid_from": "2018-11-13"}],
        },
        [(3, "change_date", "date.impossible", REFUSED)],
    ),
]  # fmt: skip  # one fact a line


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.slug)
def test_rows_tell_of_pensions_wages_and_taxes_and_broken_ones_are_refused(
    office: Office, people: list[str], case: Case
) -> None:
    must_tell(office, people, case)


def test_a_pension_that_is_raised_closes_the_lower_one_in_the_month_of_the_delivery(
    office: Office, people: list[str]
) -> None:
    for amount in (2505, 2600):
        row = f"{people[0]},{amount},201412,,{HASH}"
        text = f"person_id,amount,start_month,stop_month,account_hash\n{row}\n"
        office.deliver({"employee_pension_payment.csv": text}, 'mode = "delta"\n')
    expected = [
        {"amount_yuan": 2505.0, "valid_from": "2014-12-01", "valid_to": "2026-05-01"},
        {"amount_yuan": 2600.0, "valid_from": "2026-05-01", "valid_to": None},
    ]
    must_hold(office, people, "DRAWS Person Fund", expected)


def test_an_account_number_in_clear_is_not_kept(office: Office, people: list[str]) -> None:
    text = f"person_id,amount,start_month,stop_month,account_hash\n{people[0]},2505,201412,,6222021234567890\n"
    office.deliver({"employee_pension_payment.csv": text})
    [sent] = office.links("TO_ACCOUNT", "Person", "Account")
    assert "6222021234567890" not in str(sent)

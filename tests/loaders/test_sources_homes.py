"""Rows of land and homes, of the housing fund, of medical insurance and of health."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.loaders.told import REFUSED, UNKNOWN, Case, must_hold, must_tell

if TYPE_CHECKING:
    from tests.loaders.conftest import Office

HASH = "3e02d7a651e0cac808b672616ad59497"
UNIT = "539901001001GB60628F00060628"
CASES = [
    Case(
        "real_estate_transfer",
        "不动产单元号,转让方身份证号,受让方身份证号,登记原因,价格(万元),登记日期,抵押权人,贷款金额(元)",
        [
            f"{UNIT},{{0}},{{1}},赠与转移,0,2021-08-20,,0",
            f"{UNIT},{{1}},{{2}},存量房买卖,30,2022-08-20,农业银行,200000",
            f"{UNIT},{{1}},{{2}},交换,面议,2023-08-20,,",
            f"{UNIT},{{1}},{{2}},买卖,1,,,",
        ],
        {
            "Transfer": [
                {"type": "赠与", "price_yuan": 0.0, "transfer_date": "2021-08-20"},
                {"type": "买卖", "price_yuan": 300000.0, "mortgagee": "农业银行", "loan_yuan": 200000.0},
                {"type": None, "price_yuan": None},
                {"type": "买卖", "transfer_date": None},
            ],
            "GAVE Person Transfer": [{"start_id": "p0", "valid_from": "2021-08-20"}, *[{"start_id": "p1"}] * 3],
            "TOOK Person Transfer": [{"start_id": "p1"}, *[{"start_id": "p2"}] * 3],
            "OF_UNIT Transfer Property": [{"end_id": UNIT}] * 4,
            "OWNS Person Property": [],
        },
        [(4, "price", "number.text", UNKNOWN), (4, "transfer_type", "enum.unknown", UNKNOWN)],
    ),
    Case(
        "land_expropriation_compensation",
        "身份证号,征地项目,面积(亩),补偿金额(万元),补偿日期,账号哈希,姓名",
        [f"{{0}},高速公路项目,0.36,1.296,2024-01-16,{HASH},李思勇", "{1},高速公路项目,约半亩,1,2024-01-16,,李四", "{2},高速公路项目,1,,2024-01-16,,王五"],
        {
            "GRANTED Person Fund": [
                {"start_id": "p0", "end_id": "land_expropriation_compensation/高速公路项目", "amount_yuan": 12960.0,
                 "area_mu": 0.36, "pay_date": "2024-01-16", "valid_to": "2024-01-17"},
                {"start_id": "p1", "area_mu": None},
            ],
            "TO_ACCOUNT Person Account": [{"start_id": "p0", "end_id": HASH, "amount_yuan": 12960.0}],
        },
        [(3, "area_mu", "number.text", UNKNOWN), (4, "amount", "required.missing", REFUSED)],
    ),
    Case(
        "rural_homestead",
        "宅基地编号,使用权人身份证号,宅基地面积,建房年份,房屋层数,状态,使用权人姓名,坐落代码",
        [
            "ZJ1,{0},95.90,2019,2,在用,刘德鹏,5399010020010166",
            "ZJ2,{1},120,19999,-1,闲置,李四,",
            "ZJ3,,120,1999,1,闲置,王五,",
            "ZJ4,{2}1,120,1999,1,闲置,赵六,",
        ],
        {
            "Homestead": [
                {"area_m2": 95.9, "built_year": 2019, "storeys": 2, "status": "在用", "address_code": "5399010020010166"},
                {"built_year": None, "storeys": None, "status": "闲置"},
            ],
            "HOLDS_HOMESTEAD Person Homestead": [{"start_id": "p0"}, {"start_id": "p1"}],
            "Property": [],
        },
        [
            (3, "built_year", "number.range", UNKNOWN),
            (3, "storeys", "number.range", UNKNOWN),
            (4, "holder_id", "id.missing", REFUSED),
            (5, "holder_id", "id.text", REFUSED),
        ],
    ),
    Case(
        "presale_contract",
        "合同编号,购房人身份证号,房屋坐落,建筑面积,合同总价(万元),网签日期,合同状态,项目状态,坐落代码",
        [
            "WQ1,{0}、{1},合成县河坪镇,124.76,60.7,2019年03月03日,已备案,停工,5399010040015007",
            "WQ2,{2},合成县,100,40,2019-03-03,已撤销,正常,",
            "WQ3,{3},合成县,100,40,2019-03-03,待定,正常,",
            "WQ4,,合成县,100,40,2019-03-03,有效,正常,",
        ],
        {
            "Presale": [
                {"area_m2": 124.76, "price_yuan": 607000.0, "signed_date": "2019-03-03", "status": "有效",
                 "project_status": "停工", "address_code": "5399010040015007"},
                {"status": "撤销"}, {"status": None},
            ],
            "BUYS Person Presale": [{"start_id": "p0", "valid_from": "2019-03-03"}, {"start_id": "p1"}, {"start_id": "p3"}],
            "OWNS Person Property": [],
        },
        [(4, "status", "enum.unknown", UNKNOWN), (5, "buyer_ids", "required.missing", REFUSED)],
    ),
    Case(
        "public_rental_housing",
        "身份证号,房号,租期起,租期止,月租金,月补贴,承租人姓名",
        ["{0},GZF708,2023.02.01,2028.01.31,165.00,90,赵国志", "{1},GZF1,2023.02.01,2022.01.31,免,,李四", "{2},GZF1,2023.02.30,,1,,王五"],
        {
            "Lease": [
                {"kind": "public_rental_housing", "rent_yuan": 1980.0, "subsidy_yuan": 1080.0, "to_date": "2028-01-31"},
                {"rent_yuan": None, "to_date": None},
            ],
            "RENTS Person Lease": [{"start_id": "p0", "valid_from": "2023-02-01", "valid_to": "2028-02-01"}, {"start_id": "p1"}],
        },
        [
            (3, "lease_to", "date.order", UNKNOWN),
            (3, "rent", "number.text", UNKNOWN),
            (4, "lease_from", "date.impossible", REFUSED),
        ],
    ),
    Case(
        "dangerous_house_renovation",
        "户编号,户主身份证号,危房等级,补助金额(元),开工日期,验收日期",
        ["DA1,{0},D级,32000.00,2021.06.06,2021.10.22", "DA2,{1},A,32000,2021.06.06,2020.10.22", "DA3,{2},C,1,2021年,"],
        {
            "Renovation": [
                {"household_id": "DA1", "house_grade": "D", "subsidy_yuan": 32000.0, "start_date": "2021-06-06", "accept_date": "2021-10-22"},
                {"house_grade": None, "accept_date": None},
            ],
            "RENOVATES Person Renovation": [{"start_id": "p0", "valid_to": "2021-10-23"}, {"start_id": "p1", "valid_to": None}],
        },
        [
            (3, "accept_date", "date.order", UNKNOWN),
            (3, "grade", "enum.unknown", UNKNOWN),
            (4, "start_date", "date.impossible", REFUSED),
        ],
    ),
    Case(
        "provident_fund_loan_withdrawal",
        "身份证号,提取原因,金额(元),日期,共同借款人身份证号,房屋地址,姓名",
        ["{0},购买住房,32340.00,2019-11-07,{1},某小区,沈思祥", "{2},装修,1,2019-11-07,,,李四", "{3},租房,1,2019-11-07,{1}7,,王五"],
        {
            "FundWithdrawal": [{"type": "购房", "amount_yuan": 32340.0, "paid_on": "2019-11-07"}, {"type": "租房"}],
            "WITHDREW Person FundWithdrawal": [
                {"start_id": "p0", "role": "holder"}, {"start_id": "p1", "role": "co_borrower"}, {"start_id": "p3", "role": "holder"},
            ],
        },
        [(3, "type", "enum.unknown", REFUSED), (4, "co_borrower_id", "id.text", UNKNOWN)],
    ),
    Case(
        "medical_insurance_enrolment",
        "身份证号,险种,参保年度,资助参保类别,缴费日期,参保地区划代码,参保状态,姓名",
        [
            "{0},城乡居民基本医疗保险,2025,低保对象,2024-10-21,539901001,正常参保,黎明翔",
            "{1},310,2025,,2024-10-32,539901004001,正常参保,李四",
            "{2},商业险,2025,,,,,王五",
            "{3},居民,二五,,,,,赵六",
        ],
        {
            "INSURED_IN Person Fund": [
                {"start_id": "p0", "end_id": "medical_insurance_enrolment/居民", "scheme": "居民", "year": 2025,
                 "category": "低保对象", "status": "正常参保", "paid_date": "2024-10-21", "area_code": "539901001000",
                 "valid_from": "2025-01-01", "valid_to": "2026-01-01"},
                {"start_id": "p1", "scheme": "职工", "paid_date": None},
            ]
        },
        [
            (3, "paid_date", "date.impossible", UNKNOWN),
            (4, "scheme", "enum.unknown", REFUSED),
            (5, "year", "number.text", REFUSED),
        ],
    ),
    Case(
        "outpatient_chronic",
        "身份证号,病种名称,认定日期,月个人自付,姓名",
        ["{0},糖尿病,20210618,39.47,宋雨花", "{1},冠心病,20210618,——,李四", "{2},冠心病,20210631,1,王五"],
        {
            "OutpatientCare": [
                {"disease": "糖尿病", "from_date": "2021-06-18", "self_pay_yuan": 39.47},
                {"disease": "冠心病", "self_pay_yuan": None},
            ],
            "IN_OUTPATIENT_CARE Person OutpatientCare": [{"start_id": "p0", "valid_from": "2021-06-18"}, {"start_id": "p1"}],
            "HAS_DIAGNOSIS Person Diagnosis": [],
        },
        [(3, "self_pay", "number.text", UNKNOWN), (4, "from_date", "date.impossible", REFUSED)],
    ),
    Case(
        "medical_assistance",
        "身份证号,救助对象类别,救助金额,结算时间,一站式结算,结算单号,姓名",
        ["{0},低保对象,285.01,2023-06-24,是,ZY1,范永琴", "{1},低保对象,285.01,2023-06-24,也许,ZY2,李四", "{2},低保对象,0.1万元,2023-06-24 25:61,是,ZY3,王五", "{3},特困人员,,2023-06-24,是,ZY4,赵六"],
        {
            "GRANTED Person Fund": [
                {"start_id": "p0", "end_id": "medical_assistance", "kind": "低保对象", "amount_yuan": 285.01, "direct": True,
                 "pay_date": "2023-06-24"},
                {"start_id": "p1", "direct": None}, {"start_id": "p2", "amount_yuan": 1000.0},
            ]
        },
        [(3, "direct", "bool.unknown", UNKNOWN), (5, "amount", "required.missing", REFUSED)],
    ),
    Case(
        "family_planning_aid",
        "身份证号,扶助类型,年发放金额,年度,姓名",
        ["{0},特别扶助,7080.00,2024,董秀浩", "{1},奖励扶助,1200,3024,李四"],
        {
            "GRANTED Person Fund": [
                {"start_id": "p0", "end_id": "family_planning_aid", "kind": "特别扶助", "amount_yuan": 7080.0, "year": 2024,
                 "valid_from": "2024-01-01", "valid_to": "2025-01-01"},
            ]
        },
        [(3, "year", "number.range", REFUSED)],
    ),
    Case(
        "severe_mental_disorder",
        "身份证号,危险性评估等级,看护人身份证号,看护补贴,患者姓名",
        ["{0},3级,{1},是,叶荣春", "{2},0级,0,不清楚,李四", "无,0级,,否,"],
        {
            "MentalCare": [{"risk_grade": "3级", "guardian_subsidy": True}, {"risk_grade": "0级", "guardian_subsidy": None}],
            "UNDER_MENTAL_CARE Person MentalCare": [{"start_id": "p0"}, {"start_id": "p2"}],
            "GUARDIAN_OF Person Person": [{"start_id": "p1", "end_id": "p0", "register": "severe_mental_disorder"}],
        },
        [
            (3, "guardian_id", "id.missing", UNKNOWN),
            (3, "guardian_subsidy", "bool.unknown", UNKNOWN),
            (4, "person_id", "id.missing", REFUSED),
        ],
    ),
    Case(
        "elderly_disability_assessment",
        "身份证号,能力等级,评估日期,是否独居,老人姓名",
        ["{0},重度失能,2026.03.07,是,罗文武", "{1},能力完好,2026.13.07,否,李四"],
        {
            "CareAssessment": [{"level": "重度失能", "assess_date": "2026-03-07", "living_alone": True}],
            "ASSESSED Person CareAssessment": [{"start_id": "p0", "valid_from": "2026-03-07"}],
        },
        [(3, "assess_date", "date.impossible", REFUSED)],
    ),
]  # fmt: skip  # one fact a line


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.slug)
def test_rows_tell_of_land_homes_and_health_and_broken_ones_are_refused(
    office: Office, people: list[str], case: Case
) -> None:
    must_tell(office, people, case)


def test_a_contract_that_is_revoked_buys_until_the_month_of_the_delivery(
    office: Office, people: list[str]
) -> None:
    for status in ("有效", "撤销"):
        row = f"WQ1,{people[0]},合成县,100,400000,2019-03-03,{status}"
        text = f"contract_no,buyer_ids,unit_address,area,price,signed_date,status\n{row}\n"
        office.deliver({"presale_contract.csv": text}, 'mode = "delta"\n')
    expected = [{"start_id": "p0", "valid_from": "2019-03-03", "valid_to": "2026-05-01"}]
    must_hold(office, people, "BUYS Person Presale", expected)


def test_who_stops_paying_for_insurance_was_insured_until_the_month_of_the_delivery(
    office: Office, people: list[str]
) -> None:
    for status in ("正常参保", "暂停参保"):
        row = f"{people[0]},居民,2026,,2025-10-21,539901001001,{status}"
        text = f"person_id,scheme,year,subsidised_category,paid_date,area_code,status\n{row}\n"
        office.deliver({"medical_insurance_enrolment.csv": text}, 'mode = "delta"\n')
    expected = [
        {"status": "正常参保", "valid_from": "2026-01-01", "valid_to": "2026-05-01"},
        {"status": "暂停参保", "valid_from": "2026-05-01", "valid_to": "2027-01-01"},
    ]
    must_hold(office, people, "INSURED_IN Person Fund", expected)

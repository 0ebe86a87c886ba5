"""Rows of farming: land, machines, animals, subsidies, dividends, water."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.loaders.told import REFUSED, UNKNOWN, Case, must_hold, must_tell

if TYPE_CHECKING:
    from tests.loaders.conftest import Office

CODE = "91350100M000100Y43"
CASES = [
    Case(
        "farm_machinery",
        "机主身份证号,机具品目,规格型号,功率（千瓦）,购机价格(万元),补贴额,购机日期,状态,出厂编号,机主姓名",
        [
            "{0},拖拉机,LX-904,66.2,9.6,28800,2020-04-15,在用,XX1,张三",
            "{1},收获机械,4LZ-5.0,88.2,,,2018/5/1,报废,,李四",
            "{1},拖拉机,LX-904,——,1,,2018/5/1,,,李四",
            "见附件,拖拉机,LX-904,66.2,9.6,28800,2020-04-15,在用,XX2,王五",
        ],
        {
            "Machine": [
                {"machine_type": "拖拉机", "power_kw": 66.2, "price_yuan": 96000.0, "subsidy_yuan": 28800.0},
                {"machine_type": "收获机械", "status": "报废"},
                {"machine_type": "拖拉机", "power_kw": None, "status": None},
            ],
            # Whose it was until it was scrapped nobody can say for any month.
            "OWNS_MACHINE Person Machine": [
                {"start_id": "p0", "end_id": "farm_machinery/XX1", "valid_from": "2020-04-15", "valid_to": None},
                {"start_id": "p1", "valid_from": "2018-05-01"},
            ],
        },
        [(4, "power_kw", "number.text", UNKNOWN), (5, "owner_id", "id.text", REFUSED)],
    ),
    Case(
        "farmland_transfer",
        "流转合同编号,流出方身份证号,流入方证件号,面积(亩),流转价格,流转起始日期,流转截止日期,流出方姓名",
        [
            "TD1,{0},{1},2.6,500,2024-10-01,2032-09-30,张三",
            "TD2,{2}," + CODE + ",10,800,2025-01-01,2020-12-31,李四",
            ",{3},{1},1,500,2024-10-01,,王五",
        ],
        {
            "Lease": [
                {"kind": "farmland_transfer", "area_mu": 2.6, "rent_yuan": 1300.0, "from_date": "2024-10-01",
                 "to_date": "2032-09-30"},
                {"rent_yuan": 8000.0, "to_date": None},
            ],
            "LETS Person Lease": [
                {"start_id": "p0", "end_id": "farmland_transfer/TD1", "valid_from": "2024-10-01",
                 "valid_to": "2032-10-01"},
                {"start_id": "p2", "valid_to": None},
            ],
            "RENTS Person Lease": [{"start_id": "p1", "end_id": "farmland_transfer/TD1"}],
            "RENTS Company Lease": [{"start_id": CODE, "end_id": "farmland_transfer/TD2"}],
        },
        [(3, "to_date", "date.order", UNKNOWN), (4, "contract_no", "required.missing", REFUSED)],
    ),
    Case(
        "farming_subsidy",
        "身份证号,补贴名称,补贴面积,补贴金额,打卡日期,一卡通账号,户主姓名,补贴年度",
        [
            "{0},耕地地力保护补贴,4,368,20240520,6222020000001,张三,2023",
            "{1},耕地地力保护补贴,-3,276,20240520,,李四,2023",
            "{2},耕地地力保护补贴,3,276,20241340,,王五,2023",
        ],
        {
            "GRANTED Person Fund": [
                {"start_id": "p0", "end_id": "farming_subsidy", "amount_yuan": 368.0, "area_mu": 4.0, "year": 2023,
                 "valid_from": "2024-05-20", "pay_date": "2024-05-20"},
                {"start_id": "p1", "area_mu": None},
            ],
            "TO_ACCOUNT Person Account": [{"start_id": "p0", "kind": "farming_subsidy", "amount_yuan": 368.0}],
            "HOLDS_ACCOUNT Person Account": [],
        },
        [(3, "area_mu", "number.range", UNKNOWN), (4, "pay_date", "date.impossible", REFUSED)],
    ),
    Case(
        "livestock_register",
        "养殖户身份证号,畜种,存栏量,养殖场地址,备案日期,是否投保,养殖户姓名",
        ["{0},生猪,0,某村109号养殖场,20240318,是,张三", "{1},家禽,约200,某村2号,20240318,否,李四"],
        {
            "Livestock": [{"species": "生猪", "reg_date": "2024-03-18"}],
            "KEEPS Person Livestock": [
                {"start_id": "p0", "head_count": 0, "insured": True, "valid_from": "2024-03-18", "valid_to": None}
            ],
        },
        [(3, "head_count", "number.text", REFUSED)],
    ),
    Case(
        "collective_dividend",
        "身份证号,集体经济组织名称,分红金额,分红日期,成员姓名",
        ["{0},和岭村,56.00,20240110,张三", "{1},和岭村,,20240110,李四"],
        {
            "GRANTED Person Fund": [
                {"start_id": "p0", "end_id": "collective_dividend/和岭村", "amount_yuan": 56.0,
                 "valid_from": "2024-01-10"}
            ]
        },
        [(3, "amount", "required.missing", REFUSED)],
    ),
    Case(
        "agricultural_insurance",
        "被保险人身份证号,保险标的,承保数量,赔款金额,日期,保险单号,是否统保,农户姓名",
        [
            "{0},水稻,4,0,2025-11-20,NB1,是,张三",
            "{1},水稻,6,364,2025-11-20,NB1,是,李四",
            "{2},生猪,402,赔付中,2025-11-20,NB2,也许,王五",
            "{3},生猪,402,0,,,,赵六",
            ",生猪,402,0,2025-11-20,,,",
        ],
        {
            # One policy covers a village; what is insured and paid stays with each farmer.
            "InsurancePolicy": [
                {"id": "agricultural_insurance/NB1", "kind": "agricultural_insurance", "is_group": True},
                {"id": "agricultural_insurance/NB1", "type": "水稻"},
                {"id": "agricultural_insurance/NB2", "is_group": None},
                {"type": "生猪"},
            ],
            "INSURED_BY Person InsurancePolicy": [
                {"start_id": "p0", "end_id": "agricultural_insurance/NB1", "quantity": 4.0, "claim_yuan": 0.0},
                {"start_id": "p1", "end_id": "agricultural_insurance/NB1", "quantity": 6.0, "claim_yuan": 364.0,
                 "valid_from": "2025-11-20", "record_date": "2025-11-20"},
                {"start_id": "p2", "claim_yuan": None},
                {"start_id": "p3", "valid_from": None},
            ],
        },
        [
            (4, "claim", "number.text", UNKNOWN),
            (4, "group_policy", "bool.unknown", UNKNOWN),
            (6, "insured_id", "id.missing", REFUSED),
        ],
    ),
    Case(
        "micro_credit",
        "借款人身份证号,贷款金额(万元),放款日期,到期日,是否逾期,贷款用途,借款人姓名",
        ["{0},5,20260119,20290119,否,养殖,张三", "{1},3,20260119,20250119,是,种植,李四", "{2},X,20260119,,,,"],
        {
            "Loan": [
                {"kind": "micro_credit", "type": "养殖", "amount_yuan": 50000.0, "loan_date": "2026-01-19",
                 "due_date": "2029-01-19", "overdue": False},
                {"amount_yuan": 30000.0, "due_date": None, "overdue": True},
            ],
            "OWES Person Loan": [
                {"start_id": "p0", "role": "borrower", "valid_from": "2026-01-19", "valid_to": None},
                {"start_id": "p1"},
            ],
        },
        [(3, "due_date", "date.order", UNKNOWN), (4, "amount", "number.text", REFUSED)],
    ),
    Case(
        "drinking_water_safety",
        "户主身份证号,供水方式,饮水安全状况,核查日期",
        ["{0},井水,基本安全,2025-04-13", "{1},山泉水,安全,2027-04-13"],
        {
            "WaterCheck": [{"supply": "井水", "status": "基本安全", "check_date": "2025-04-13"}],
            "WATER_CHECKED Person WaterCheck": [{"start_id": "p0", "valid_from": "2025-04-13"}],
        },
        [(3, "check_date", "date.future", REFUSED)],
    ),
    Case(
        "reservoir_resettlement_aid",
        "身份证号,直补资金,扶持年度,移民姓名",
        ["{0},600,2025,张三", "{1},600,,李四", "{2},陆佰,2025,王五", "{3},600,20255,赵六"],
        {
            "GRANTED Person Fund": [
                {"start_id": "p0", "end_id": "reservoir_resettlement_aid", "amount_yuan": 600.0, "year": 2025,
                 "valid_from": "2025-01-01", "valid_to": "2026-01-01"},
                {"start_id": "p1", "valid_from": None},
            ]
        },
        [(4, "amount", "number.text", REFUSED), (5, "year", "number.range", REFUSED)],
    ),
    Case(
        "forest_rights_compensation",
        "林权人身份证号,林地面积,补偿金额,补偿年度,林权人姓名",
        ["{0},4.6,73.6,2025,张三", "{0},2,32,2025,张三", "{1},3.2,,2025,李四"],
        {
            # A bag: a holder may have several woods in a year.
            "GRANTED Person Fund": [
                {"start_id": "p0", "end_id": "forest_rights_compensation", "area_mu": 4.6, "amount_yuan": 73.6},
                {"start_id": "p0", "area_mu": 2.0, "amount_yuan": 32.0, "valid_to": "2026-01-01"},
            ]
        },
        [(4, "amount", "required.missing", REFUSED)],
    ),
    Case(
        "ecological_ranger",
        "身份证号,年补助金额,选聘年度,解聘年度,护林员姓名",
        ["{0},10000,2024,2025,张三", "{1},8000,2020,,李四", "{2},8000,2024,2021,王五", "{3},8000,去年,,赵六"],
        {
            "DRAWS Person Fund": [
                {"start_id": "p0", "end_id": "ecological_ranger", "amount_yuan": 833.33, "kind": "生态护林员",
                 "valid_from": "2024-01-01", "valid_to": "2026-01-01"},
                {"start_id": "p1", "amount_yuan": 666.67, "valid_to": None},
                {"start_id": "p2", "valid_to": None},
            ]
        },
        [(4, "to_year", "date.order", UNKNOWN), (5, "from_year", "number.text", REFUSED)],
    ),
]  # fmt: skip  # one fact a line


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.slug)
def test_rows_tell_of_land_animals_and_money_and_broken_ones_are_refused(
    office: Office, people: list[str], case: Case
) -> None:
    must_tell(office, people, case)


def test_a_new_number_of_head_starts_a_new_spell_and_the_old_one_held_until_then(
    office: Office, people: list[str]
) -> None:
    header = "owner_id,species,head_count,site,reg_date,insured"
    row = f"{people[0]},生猪,{{}},某村9号,2024-03-18,否"
    for head in (45, 300):
        text = f"{header}\n{row.format(head)}\n"
        office.deliver({"livestock_register.csv": text}, 'mode = "delta"\n')
    expected = [
        {"head_count": 45, "valid_from": "2024-03-18", "valid_to": "2026-05-01"},
        {"head_count": 300, "valid_from": "2026-05-01", "valid_to": None},
    ]
    must_hold(office, people, "KEEPS Person Livestock", expected)


def test_land_that_changes_hands_in_a_contract_was_rented_until_then(
    office: Office, people: list[str]
) -> None:
    header = "contract_no,lessor_id,lessee_id,area_mu,rent_per_mu,from_date,to_date"
    for lessee in people[1:3]:
        text = f"{header}\nTD1,{people[0]},{lessee},2,500,2024-10-01,2032-09-30\n"
        office.deliver({"farmland_transfer.csv": text}, 'mode = "delta"\n')
    expected = [
        {"start_id": "p1", "valid_from": "2024-10-01", "valid_to": "2026-05-01"},
        {"start_id": "p2", "valid_from": "2026-05-01", "valid_to": "2032-10-01"},
    ]
    must_hold(office, people, "RENTS Person Lease", expected)
    must_hold(office, people, "LETS Person Lease", [{"start_id": "p0", "valid_to": "2032-10-01"}])

"""Rows of banks, brokers and insurers, which come on authorisation only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.loaders.told import REFUSED, UNKNOWN, Case, must_hold, must_tell

if TYPE_CHECKING:
    from tests.loaders.conftest import Office

ONE, TWO = "a1b2c3d4e5f6a7b8", "b1b2c3d4e5f6a7b8"
CASES = [
    Case(
        "bank_balance",
        "身份证号,开户行,账号,账户余额(万元),查询日期,年日均余额(万元),账户状态",
        [
            f"{{0}},农业银行,{ONE},0.15,2026-03-31,0.2,司法冻结",
            f"{{0}},农业银行,{TWO},0.1,2026年3月31日,,销户",
            f"{{1}},农业银行,{TWO},不详,2026-03-31,,正常",
        ],
        {
            "FinancialAsset": [
                {"kind": "bank_balance", "type": "农业银行", "value_yuan": 1500.0, "average_yuan": 2000.0,
                 "flag": "冻结", "as_of": "2026-03-31"},
                {"value_yuan": 1000.0, "average_yuan": None, "flag": None},
            ],
            "HAS_ASSET Person FinancialAsset": [
                {"start_id": "p0", "valid_from": "2026-03-31", "valid_to": "2026-04-01"}
            ] * 2,
            "ON_ACCOUNT FinancialAsset Account": [{"end_id": ONE}, {"end_id": TWO}],
            # Who holds an account with whom is told by the cards alone.
            "HOLDS_ACCOUNT Person Account": [],
        },
        [(3, "account_flag", "enum.unknown", UNKNOWN), (4, "balance", "number.text", REFUSED)],
    ),
    Case(
        "wealth_products",
        "身份证号,理财产品名称,本金金额,起息日,到期日期",
        [
            "{0},三年定期存款,2000,2023/12/08,2026/12/08",
            "{0},三年定期存款,3000,2023/12/08,长期",
            "{1},某产品,1,,",
            "{2},某产品,1,2024-02-30,",
        ],
        {
            "FinancialAsset": [
                {"kind": "wealth_products", "type": "三年定期存款", "value_yuan": 2000.0, "maturity": "2026-12-08"},
                {"value_yuan": 3000.0, "maturity": None},
                {"value_yuan": 1.0, "buy_date": None},
            ],
            "HAS_ASSET Person FinancialAsset": [
                {"start_id": "p0", "valid_from": "2023-12-08", "valid_to": "2026-12-08"},
                {"start_id": "p0", "valid_from": "2023-12-08", "valid_to": None},
                {"start_id": "p1", "valid_from": None},
            ],
        },
        [(5, "buy_date", "date.impossible", REFUSED)],
    ),
    Case(
        "account_transaction_summary",
        "账号,年月,贷方笔数,贷方发生额,借方发生额,收款码收款金额,主要交易对手账号,死亡后取款",
        [
            f"{ONE},202601,3,1200.5,800,0,{TWO},否",
            f"{ONE},2026年2月,2,900,——,0,,是",
            f"{ONE},202613,2,900,1,0,,否",
        ],
        {
            "TURNED_OVER Account AccountFlow": [
                {"start_id": ONE, "end_id": ONE, "in_count": "3", "in_yuan": "1200.5", "merchant_in_yuan": "0.0",
                 "drawn_after_death": False, "valid_from": "2026-01-01", "valid_to": "2026-02-01"},
                {"in_yuan": "900.0", "out_yuan": None, "drawn_after_death": True, "valid_from": "2026-02-01"},
            ],
            "MAIN_COUNTERPARTY Account Account": [
                {"start_id": ONE, "end_id": TWO, "valid_from": "2026-01-01", "valid_to": "2026-02-01"}
            ],
        },
        [(3, "out_amount", "number.text", UNKNOWN), (4, "month", "month.impossible", REFUSED)],
    ),
    Case(
        "personal_loan",
        "身份证号,贷款种类,贷款余额(万元),月还款金额,当前逾期天数,共同借款人身份证号,借据号",
        [
            "{0},个人住房商业贷款,24,1600,11,{1},DK1",
            "{2},国家助学贷款,0.8,,0,,",
            "{3},高利贷,1,100,0,,DK3",
            "{4},消费,1,100,-3,{0}0,DK4",
        ],
        {
            "Loan": [
                {"kind": "personal_loan", "type": "房贷", "balance_yuan": 240000.0, "monthly_due_yuan": 1600.0,
                 "overdue": True, "overdue_days": 11},
                {"type": "助学", "balance_yuan": 8000.0, "overdue": False},
                {"type": "消费", "overdue": None, "overdue_days": None},
            ],
            "OWES Person Loan": [
                {"start_id": "p0", "role": "borrower"}, {"start_id": "p1", "role": "co_borrower"},
                {"start_id": "p2", "role": "borrower"}, {"start_id": "p4", "role": "borrower"},
            ],
        },
        [
            (4, "type", "enum.unknown", REFUSED),
            (5, "co_borrower_id", "id.text", UNKNOWN),
            (5, "overdue_days", "number.range", UNKNOWN),
        ],
    ),
    Case(
        "securities_account",
        "身份证号,持仓市值,可用资金,查询日期,最近交易日期",
        ["{0},106.06,29.59,2026年03月31日,2013年05月04日", "{1},0,——,2026-03-31,20130230", "0,1,1,2026-03-31,"],
        {
            "FinancialAsset": [
                {"kind": "securities_account", "value_yuan": 106.06, "cash_yuan": 29.59, "as_of": "2026-03-31",
                 "last_trade": "2013-05-04"},
                {"value_yuan": 0.0, "cash_yuan": None, "last_trade": None},
            ],
            "HAS_ASSET Person FinancialAsset": [
                {"start_id": "p0", "valid_from": "2026-03-31", "valid_to": "2026-04-01"}, {"start_id": "p1"},
            ],
        },
        [
            (3, "cash", "number.text", UNKNOWN),
            (3, "last_trade", "date.impossible", UNKNOWN),
            (4, "person_id", "id.missing", REFUSED),
        ],
    ),
    Case(
        "commercial_life_insurance",
        "保险单号,投保人身份证号,被保险人身份证号,受益人身份证号,险种,年交保费,保单现金价值,已交保费,扣款账号,生效日期",
        [
            f"LI1,{{0}},{{1}},{{2}},防癌险,400,200,800,{ONE},2024年06月16日",
            "LI2,{0}9,{1},,政府统保意外险,60,0,60,,2025-06-16",
            ",{0},{1},,防癌险,60,0,60,,2025-06-16",
        ],
        {
            "InsurancePolicy": [
                {"kind": "commercial_life_insurance", "type": "防癌险", "premium_yuan": 400.0,
                 "cash_value_yuan": 200.0, "paid_yuan": 800.0, "start_date": "2024-06-16"},
                {"type": "政府统保意外险"},
            ],
            "HOLDS_POLICY Person InsurancePolicy": [{"start_id": "p0", "valid_from": "2024-06-16"}],
            "INSURED_BY Person InsurancePolicy": [{"start_id": "p1"}, {"start_id": "p1"}],
            "BENEFICIARY_OF Person InsurancePolicy": [{"start_id": "p2"}],
            "PAYS_PREMIUM Account InsurancePolicy": [{"start_id": ONE, "valid_from": "2024-06-16"}],
        },
        [(3, "holder_id", "id.text", UNKNOWN), (4, "policy_no", "required.missing", REFUSED)],
    ),
    Case(
        "accident_claim",
        "身份证号,理赔类型,赔付金额(万元),出险日期,赔付日期,被保险人姓名",
        ["{0},重大疾病,5,2025/01/02,2025/06/26,张三", "{1},意外医疗,0.1,2025-06-31,2025-07-01,李四"],
        {
            "GRANTED Person Fund": [
                {"start_id": "p0", "end_id": "accident_claim", "kind": "重大疾病", "amount_yuan": 50000.0,
                 "event_date": "2025-01-02", "pay_date": "2025-06-26", "valid_from": "2025-06-26"},
            ]
        },
        [(3, "event_date", "date.impossible", REFUSED)],
    ),
]  # fmt: skip  # one fact a line


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.slug)
def test_rows_tell_of_assets_debts_and_policies_and_broken_ones_are_refused(
    office: Office, people: list[str], case: Case
) -> None:
    must_tell(office, people, case)


def test_a_new_beneficiary_of_a_policy_takes_over_in_the_month_of_the_delivery(
    office: Office, people: list[str]
) -> None:
    header = "policy_no,holder_id,insured_id,beneficiary_id,type,annual_premium,cash_value,paid_total,payer_account_hash,start"
    for heir in people[1:3]:
        row = f"LI1,{people[0]},{people[0]},{heir},防癌险,400,200,800,{ONE},2024-06-16"
        text = f"{header}\n{row}\n"
        office.deliver({"commercial_life_insurance.csv": text}, 'mode = "delta"\n')
    expected: list[dict[str, object]] = [
        {"start_id": "p1", "valid_from": "2024-06-16", "valid_to": "2026-05-01"},
        {"start_id": "p2", "valid_from": "2026-05-01", "valid_to": None},
    ]
    must_hold(office, people, "BENEFICIARY_OF Person InsurancePolicy", expected)
    held = [{"start_id": "p0", "valid_from": "2024-06-16"}]
    must_hold(office, people, "HOLDS_POLICY Person InsurancePolicy", held)


def test_no_number_of_a_loan_policy_or_account_is_kept_in_clear(
    office: Office, people: list[str]
) -> None:
    row = f"{people[0]},房贷,240000,1600,0,,6222021234567890"
    header = "person_id,type,balance,monthly_due,overdue_days,co_borrower_id,loan_no"
    office.deliver({"personal_loan.csv": f"{header}\n{row}\n"})
    kept = [*office.nodes("Loan"), *office.links("OWES", "Person", "Loan")]
    assert "6222021234567890" not in str(kept)
    assert people[0] not in str(kept)

"""What rows of single sources mean (contract §5)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.loaders.conftest import Office

PAY = "payee_id,account_hash,account_name,programme,amount,pay_date,batch,status,benefit_month"


def pay(
    person: str, batch: str, month: str, programme: str = "农村低保", name: str = "王小明"
) -> str:
    return f"{person},acc{batch}{month},{name},{programme},300,2026-03-16,{batch},成功,{month}"


def test_a_payment_is_for_its_month_else_its_batch_else_its_day(
    office: Office, people: list[str]
) -> None:
    rows = [
        pay(people[0], "202601", "2025-11"),
        pay(people[0], "2026年2月", ""),
        pay(people[0], "第7批", ""),
    ]
    office.deliver({"one_card_payment.csv": "\n".join([PAY, *rows])})
    spans = [(r["valid_from"], r["valid_to"]) for r in office.links("PAID", "Person", "Account")]
    assert spans == [
        (date(2025, 11, 1), date(2025, 12, 1)),
        (date(2026, 2, 1), date(2026, 3, 1)),
        (date(2026, 3, 1), date(2026, 4, 1)),
    ]


def test_a_programme_belongs_to_its_register(office: Office, people: list[str]) -> None:
    words = [
        "城市低保",
        "特困照护",
        "高龄津贴",
        "重度残疾人护理补贴",
        "临时救助",
        "耕地地力保护补贴",
    ]
    rows = [pay(people[i], "202601", "", word) for i, word in enumerate(words)]
    office.deliver({"one_card_payment.csv": "\n".join([PAY, *rows])})
    found = {r["programme"]: r["register"] for r in office.links("PAID", "Person", "Account")}
    assert [found[word] for word in words] == [
        "dibao_household_register", "tekun_register", "old_age_allowance", "disability_two_subsidies",
        "temporary_assistance", None,
    ]  # fmt: skip  # one list


def test_an_account_of_a_home_is_an_institutions(office: Office, people: list[str]) -> None:
    rows = [pay(people[0], "202601", "", name="县中心敬老院"), pay(people[0], "202602", "")]
    office.deliver({"one_card_payment.csv": "\n".join([PAY, *rows])})
    assert sorted(a["holder_kind"] for a in office.nodes("Account")) == ["institution", "person"]


FUND = "person_id,employer_uscc,base,rate,monthly,balance,status,last_month"
EMPLOYED = ("EMPLOYED_BY", "Person", "Company")
CODE = "91350100M000100Y43"


def test_contributions_run_from_their_first_month_to_their_last(
    office: Office, people: list[str]
) -> None:
    row = f"{people[0]},{CODE},3000,5,150,9000,正常,202603,202101"
    office.deliver({"provident_fund_contribution.csv": f"{FUND},first_month\n{row}\n"})
    (job,) = office.links(*EMPLOYED)
    assert (job["valid_from"], job["valid_to"]) == (date(2021, 1, 1), date(2026, 4, 1))


def test_without_a_first_month_they_run_from_the_first_delivery(
    office: Office, people: list[str]
) -> None:
    row = f"{people[0]},{CODE},3000,5%,150,9000,正常,"
    office.deliver({"provident_fund_contribution.csv": f"{FUND}\n{row}202604\n"})
    office.deliver(
        {"provident_fund_contribution.csv": f"{FUND}\n{row}202605\n"}, 'mode = "delta"\n'
    )
    (job,) = office.links(*EMPLOYED)
    assert (job["valid_from"], job["valid_to"]) == (date(2026, 4, 1), date(2026, 6, 1))


def test_with_a_month_column_the_rows_are_monthly(office: Office, people: list[str]) -> None:
    rows = [f"{people[0]},{CODE},3000,0.05,150,9000,正常,2026-0{m}" for m in (1, 2)]
    header = FUND.replace("last_month", "pay_month")
    receipt = office.deliver({"provident_fund_contribution.csv": "\n".join([header, *rows])})
    assert receipt.files[0].loaded == 2
    assert [j["valid_from"].month for j in office.links(*EMPLOYED)] == [1, 2]


def test_shares_of_people_and_companies(office: Office, people: list[str]) -> None:
    header = "company_uscc,holder_id,holder_name,subscribed,ratio,from_date,to_date"
    rows = [
        f"{CODE},{people[0]},王小明,70,70,2015-01-28,",
        f"{CODE},91350100M000100Y43,某公司,30,30,2015-01-28,2020-12-31",
    ]
    office.deliver({"shareholders.csv": "\n".join([header, *rows])})
    (person,) = office.links("SHAREHOLDER_OF", "Person", "Company")
    (company,) = office.links("SHAREHOLDER_OF", "Company", "Company")
    assert (person["ratio"], company["ratio"]) == (0.7, 0.3)
    assert company["valid_to"] == date(2021, 1, 1)


def test_a_car_that_was_sold_or_scrapped_is_owned_until_then(
    office: Office, people: list[str]
) -> None:
    header = "plate,vin,owner_id,vehicle_type,use_nature,brand,first_reg_date,status,price,transfer_date,status_date,new_owner_id"
    rows = [
        f"测A1,V1,{people[0]},小型轿车,非营运,X,2015-03-01,转出,8万元,2020-05-06,,{people[1]}",
        f"测A2,V2,{people[0]},小型轿车,非营运,X,2016-03-01,报废,80000,,2021-07-08,",
    ]
    office.deliver({"vehicle_registration.csv": "\n".join([header, *rows])})
    spans = [
        (o["end_id"], o["valid_from"], o["valid_to"])
        for o in office.links("OWNS", "Person", "Vehicle")
    ]
    assert spans == [
        ("V1", date(2015, 3, 1), date(2020, 5, 6)),
        ("V2", date(2016, 3, 1), date(2021, 7, 8)),
        ("V1", date(2020, 5, 6), None),
    ]
    assert [v["price_yuan"] for v in office.nodes("Vehicle")] == [80000.0, 80000.0]


def test_licences_and_fines_are_two_kinds_of_rows(office: Office, people: list[str]) -> None:
    header = "driver_id,licence_class,licence_status,plate,violation_time,handled_by_id,record"
    rows = [
        f"{people[0]},C1,正常,,,,驾驶证",
        f"{people[0]},,,测A1,2025-03-04 08:09:10,{people[1]},违法",
    ]
    office.deliver({"driver_and_violations.csv": "\n".join([header, *rows])})
    fines = office.links("DRIVES", "Person", "Plate")
    assert sorted(f["role"] for f in fines) == ["driver", "handler"]
    assert {(f["valid_from"], f["valid_to"]) for f in fines} == {
        (date(2025, 3, 4), date(2025, 3, 5))
    }
    assert len(office.links("HOLDS_LICENCE", "Person", "Licence")) == 1


def test_months_of_a_filing_are_told_from_the_gaps(office: Office) -> None:
    header = "uscc,period,revenue,profit,tax_paid,status"
    rows = [f"{CODE},2025{m:02d},1000,10,1,正常" for m in (3, 6, 9)]
    office.deliver({"enterprise_tax_filing.csv": "\n".join([header, *rows])})
    assert [(f["period_months"], f["valid_from"]) for f in office.nodes("TaxFiling")] == [
        (3, date(2025, 1, 1)), (3, date(2025, 4, 1)), (3, date(2025, 7, 1)),
    ]  # fmt: skip  # one list


def test_a_grace_is_read_from_the_reason(office: Office) -> None:
    header = "case_id,household_id,programme,event,event_date,reason_code,decision_no"
    rows = ["S1,D1,低保,调整,2026-02-12,渐退6个月,", "S2,D1,低保,停发,2026-02-12,收入超标,"]
    office.deliver({"assistance_case_history.csv": "\n".join([header, *rows])})
    assert sorted(str(e["grace_end"]) for e in office.nodes("CaseEvent")) == ["2026-09-01", "None"]


def test_an_end_before_its_start_is_unknown(office: Office, people: list[str]) -> None:
    header = "person_id,unit,post_type,monthly,from_month,to_month"
    row = f"{people[0]},县水务站,编外,2000,202503,202401"
    receipt = office.deliver({"public_payroll.csv": f"{header}\n{row}\n"})
    assert receipt.files[0].reasons == {"date.order": 1}
    (job,) = office.links("EMPLOYED_BY", "Person", "PublicUnit")
    assert (job["valid_from"], job["valid_to"]) == (date(2025, 3, 1), None)


def test_parameters_are_a_table_of_their_own(office: Office) -> None:
    import duckdb

    rows = "param,area_code,value,unit,valid_from,valid_to,document_no\ndibao.std_month_rural,539901,520,CNY/month,2025-01-01,2025-12-31,合成发1号\n"
    office.deliver({"policy_parameters.csv": rows})
    sql = "SELECT param, area_code, valid_from, valid_to, value, retracted FROM read_parquet(?)"
    found = duckdb.execute(
        sql, [str(office.home / "tables" / "parameters" / "*.parquet")]
    ).fetchall()
    assert found == [
        ("dibao.std_month_rural", "539901000000", date(2025, 1, 1), date(2026, 1, 1), 520.0, False)
    ]


def test_a_spouse_in_the_population_register_points_from_man_to_woman(
    office: Office, people: list[str]
) -> None:
    header = "person_id,name,sex,birth_date,ethnicity,hukou_book_no,relation_to_head,address_code,father_id,mother_id,marital_status,spouse_id"
    rows = [
        f"{a},某,男,,汉,B1,户主,,,,20,{b}"
        for a, b in ((people[0], people[1]), (people[1], people[0]))
    ]
    office.deliver({"hukou_population.csv": "\n".join([header, *rows])})
    ties = {(t["start_id"], t["end_id"]) for t in office.links("SPOUSE_OF", "Person", "Person")}
    assert len(ties) == 1
    assert {p["marital_status"] for p in office.nodes("Person") if p["marital_status"]} == {"已婚"}


UNITS = "unit_no,owner_id,co_ownership,share,area,use,address,reg_date,status,mortgage"
OWNED = ("OWNS", "Person", "Property")


def test_a_unit_is_its_owners_and_not_the_former_owners(office: Office, people: list[str]) -> None:
    rows = [
        f"U1,{people[0]},单独所有,1,80,住宅,,2005-03-01,历史,否",
        f"U1,{people[1]},单独所有,1,80,住宅,,2012-03-01,查封,否",
    ]
    office.deliver({"real_estate_registration.csv": "\n".join([UNITS, *rows])})
    (owned,) = office.links(*OWNED)
    assert (owned["valid_from"], owned["valid_to"]) == (date(2012, 3, 1), None)
    assert {unit["status"] for unit in office.nodes("Property")} == {"查封", None}


def test_a_unit_that_becomes_history_was_owned_until_then(
    office: Office, people: list[str]
) -> None:
    row = f"U1,{people[0]},单独所有,1,80,住宅,,2005-03-01,现势,否"
    office.deliver({"real_estate_registration.csv": f"{UNITS}\n{row}\n"})
    office.deliver(
        {"real_estate_registration.csv": f"{UNITS}\n{row.replace('现势', '历史')}\n"},
        'mode = "delta"\n',
    )
    (owned,) = office.links(*OWNED)
    assert (owned["valid_from"], owned["valid_to"]) == (date(2005, 3, 1), date(2026, 5, 1))


def test_a_programme_is_filed_under_the_name_of_the_benefit(
    office: Office, people: list[str]
) -> None:
    header = "official_id,official_role,relative_id,relation,programme,filed_date,reviewed_by"
    words = ["农村低保", "城市低保", "低保", "特困供养", "特困照护", "临时救助", ""]
    rows = [f"{people[0]},主任,{people[i + 1]},子女,{w},2026-01-05," for i, w in enumerate(words)]
    office.deliver({"kin_filing.csv": "\n".join([header, *rows])})
    filed = {r["row"]: r["programme"] for r in office.links("FILED_KIN", "Person", "Person")}
    assert [filed[line] for line in sorted(filed)] == [
        "低保", "低保", "低保", "特困", "特困", "临时救助", None
    ]  # fmt: skip  # one list

"""Rows of licences to carry and to trade, and of meters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from doudi.graph.projection import Projection, project
from doudi.graph.tables import FactStore
from tests.loaders.told import REFUSED, UNKNOWN, Case, must_hold, must_tell

if TYPE_CHECKING:
    from tests.loaders.conftest import Office

CODE, PLACE = "91350100M000100Y43", "5399010010010163"
CASES = [
    Case(
        "commercial_vehicle",
        "车牌号,业户证件号,道路运输证号,有效期起,有效期止,营运类型",
        [
            "测A15512,{0},539900003614,2023-06-20,2031-06-19,普通货运",
            f"测A65996,{CODE},539900003615,2023-06-20,2031-06-19,客运",
            "测A65997,91350100M000100Y44,539900003616,2023-06-20,2031-06-19,客运",
        ],
        {
            "Permit": [{"kind": "commercial_vehicle", "type": "普通货运"}, {"type": "客运"}],
            "HOLDS_PERMIT Person Permit": [
                {"start_id": "p0", "valid_from": "2023-06-20", "valid_to": "2031-06-20"}
            ],
            "HOLDS_PERMIT Company Permit": [{"start_id": CODE}],
            "FOR_PLATE Permit Plate": [{"valid_from": "2023-06-20"}, {"valid_to": "2031-06-20"}],
        },
        [(4, "operator_id", "id.text", REFUSED)],
    ),
    Case(
        "ride_hailing_vessel",
        "所有人身份证号,证照类型,发证日期,许可状态",
        ["{0},网约车,20250507,有效", "{1},船舶,20210707,注销", "{2},网约车,20250231,有效"],
        {
            "Permit": [
                {"kind": "ride_hailing_vessel", "type": "网约车", "status": "有效"},
                {"type": "船舶", "status": "注销"},
            ],
            "HOLDS_PERMIT Person Permit": [{"start_id": "p0", "valid_from": "2025-05-07"}, {"start_id": "p1"}],
        },
        [(4, "reg_date", "date.impossible", REFUSED)],
    ),
    Case(
        "tobacco_retail_licence",
        "烟草专卖零售许可证号,持证人身份证号,经营场所,有效期起,有效期至,月购进金额(万元)",
        [
            "YC1,{0},某镇三街8号,2024.09.01,2029.08.31,0.31",
            "YC2,{1},某镇三街9号,2024.09.01,2023.08.31,几百",
            "YC3,,某镇三街9号,2024.09.01,2029.08.31,100",
        ],
        {
            "Permit": [
                {"kind": "tobacco_retail_licence", "monthly_purchase_yuan": 3100.0},
                {"monthly_purchase_yuan": None},
            ],
            "HOLDS_PERMIT Person Permit": [
                {"start_id": "p0", "valid_from": "2024-09-01", "valid_to": "2029-09-01"},
                {"start_id": "p1", "valid_to": None},
            ],
        },
        [
            (3, "monthly_purchase", "number.text", UNKNOWN),
            (3, "to_date", "date.order", UNKNOWN),
            (4, "holder_id", "id.missing", REFUSED),
        ],
    ),
    Case(
        "electricity_usage",
        "户号,用户身份证号,用电地址,用电月份,用电量(度),空置标识,用电类别,地址代码",
        [
            f"D1,{{0}},某村163号,202603,120,否,居民生活用电,{PLACE}",
            f"D2,,某村163号,202603,0,是,农业排灌,{PLACE}",
            f"D3,{{1}},某村163号,202603,估抄,否,居民,{PLACE}",
        ],
        {
            "USES_METER Person Meter": [
                {"start_id": "p0", "end_id": "electricity_usage/D1", "kind": "electricity", "quantity": "120.0",
                 "tariff": "居民", "vacant": False, "address_code": PLACE, "valid_from": "2026-03-01",
                 "valid_to": "2026-04-01"},
            ],
            # Of many meters only the place is known.
            "USES_METER Dwelling Meter": [
                {"start_id": PLACE, "end_id": "electricity_usage/D2", "quantity": "0.0", "tariff": "农业",
                 "vacant": True},
            ],
        },
        [(4, "kwh", "number.text", REFUSED)],
    ),
    Case(
        "water_gas_usage",
        "户号,户名身份证号,用水地址,抄表月份,用水量(吨),地址代码",
        [f"S1,{{0}},某村163号,2026年3月,5.5,{PLACE}", f"S2,见附件,某村9号,202603,3,{PLACE}", "S3,{1},,202600,3,"],
        {
            "USES_METER Person Meter": [
                {"start_id": "p0", "end_id": "water_gas_usage/S1", "kind": "water or gas", "quantity": "5.5",
                 "valid_from": "2026-03-01"},
            ],
            "USES_METER Dwelling Meter": [{"start_id": PLACE, "end_id": "water_gas_usage/S2"}],
        },
        [(3, "account_holder", "id.text", UNKNOWN), (4, "month", "month.impossible", REFUSED)],
    ),
]  # fmt: skip  # one fact a line


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.slug)
def test_rows_tell_of_licences_and_use_and_broken_ones_are_refused(
    office: Office, people: list[str], case: Case
) -> None:
    must_tell(office, people, case)


def test_a_licence_that_is_handed_on_was_the_first_holders_until_then(
    office: Office, people: list[str]
) -> None:
    for holder in people[:2]:
        row = f"YC1,{holder},,2024-09-01,2029-08-31,3100"
        text = f"licence_no,holder_id,shop_address,from_date,to_date,monthly_purchase\n{row}\n"
        office.deliver({"tobacco_retail_licence.csv": text}, 'mode = "delta"\n')
    expected = [
        {"start_id": "p0", "valid_to": "2026-05-01"},
        {"start_id": "p1", "valid_from": "2026-05-01", "valid_to": "2029-09-01"},
    ]
    must_hold(office, people, "HOLDS_PERMIT Person Permit", expected)


def test_two_years_of_readings_are_one_relation_of_the_graph_with_every_reading(
    office: Office, people: list[str]
) -> None:
    header = "meter_no,account_holder,address,month,kwh,vacant,tariff,address_code"
    months = [f"{2024 + m // 12}-{m % 12 + 1:02d}" for m in range(24)]
    rows = [f"D1,{people[0]},,{month},{100 + i},否,居民,{PLACE}" for i, month in enumerate(months)]
    office.deliver({"electricity_usage.csv": "\n".join([header, *rows])})
    assert len(office.links("USES_METER", "Person", "Meter")) == len(months)
    project(FactStore(office.home / "tables"), office.folder / "graph")
    with Projection(office.folder / "graph") as graph:
        (use,) = graph.link("USES_METER", "Person", "Meter").to_pyarrow().to_pylist()
    assert [float(part) for part in use["quantity"].split(",")] == [100.0 + i for i in range(24)]
    assert (str(use["valid_from"]), str(use["valid_to"])) == ("2024-01-01", "2026-01-01")


def test_a_fund_is_known_by_the_data_type_and_the_village_that_pays(
    office: Office, people: list[str]
) -> None:
    text = f"person_id,village,amount,pay_date\n{people[0]},和岭村,56,20240110\n"
    office.deliver({"collective_dividend.csv": text})
    project(FactStore(office.home / "tables"), office.folder / "graph")
    with Projection(office.folder / "graph") as graph:
        (fund,) = graph.node("Fund").to_pyarrow().to_pylist()
    assert (fund["kind"], fund["name"]) == ("collective_dividend", "和岭村")

"""In which form each source delivers: format, encoding, language of headers, style of dates."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

ENGLISH, CHINESE, WITH_UNITS = "en", "zh", "zh(unit)"


@dataclass(frozen=True)
class Form:
    """How one source's file looks."""

    suffix: str = "csv"
    encoding: str = "utf-8"
    headers: str = ENGLISH
    dates: str = "%Y-%m-%d"
    separator: str = ";"
    yes_no: tuple[str, str] = ("true", "false")
    thousands: bool = False


@dataclass(frozen=True)
class Column:
    """One column of a source."""

    field: str
    header: str
    type: str
    unit: str
    role: str


ZH = ("是", "否")
FORMS = {
    "dibao_household_register": Form(encoding="utf-8-sig", headers=CHINESE, yes_no=ZH),
    "dibao_member_register": Form(encoding="utf-8-sig", headers=CHINESE, yes_no=ZH),
    "tekun_register": Form(encoding="gb18030", headers=CHINESE),
    "low_income_edge_register": Form(headers=CHINESE, separator="、"),
    "temporary_assistance": Form(encoding="gb18030", headers=CHINESE, yes_no=ZH, dates="%Y/%m/%d"),
    "disability_two_subsidies": Form(headers=CHINESE),
    "old_age_allowance": Form(encoding="gb18030", headers=CHINESE),
    "one_card_payment": Form(suffix="csv.gz"),
    "assistance_case_history": Form(headers=CHINESE, dates="%Y年%m月%d日"),
    "hukou_population": Form(suffix="csv.gz", headers=CHINESE, encoding="gb18030"),
    "hukou_death_cancellation": Form(dates="%Y%m%d"),
    "funeral_cremation": Form(encoding="gb18030", headers=CHINESE, yes_no=ZH),
    "marriage_registration": Form(encoding="utf-8-sig", headers=CHINESE, dates="%Y.%m.%d"),
    "divorce_registration": Form(headers=CHINESE),
    "vehicle_registration": Form(encoding="gb18030", headers=CHINESE, dates="%Y/%m/%d"),
    "real_estate_registration": Form(headers=CHINESE, yes_no=ZH),
    "provident_fund_contribution": Form(encoding="utf-8-sig"),
    "employee_social_insurance": Form(suffix="parquet"),
    "inpatient_settlement": Form(suffix="parquet"),
    "enterprise_registration": Form(encoding="gb18030", headers=WITH_UNITS),
    "individual_business": Form(headers=WITH_UNITS),
    "shareholders": Form(headers=WITH_UNITS),
    "public_payroll": Form(suffix="xlsx", headers=CHINESE),
    "public_welfare_post": Form(suffix="xlsx", headers=CHINESE),
    "kin_filing": Form(suffix="xlsx", headers=CHINESE),
    "village_committee_roster": Form(suffix="xlsx"),
    "policy_parameters": Form(suffix="xlsx"),
    "disability_certificate": Form(encoding="gb18030", headers=CHINESE),
    "unemployment_register": Form(headers=CHINESE, dates="%Y/%m/%d"),
    "disaster_loss": Form(headers=CHINESE, thousands=True),
    "poverty_archive": Form(headers=CHINESE, separator="；"),
    "monitored_household": Form(encoding="gb18030", headers=CHINESE),
    "household_income_ledger": Form(headers=WITH_UNITS, thousands=True),
}
"""Sources that are not listed come as UTF-8 CSV with English headers."""

ON_EVENT = frozenset(
    {
        "policy_parameters",
        "area_code_history",
        "kin_filing",
        "village_committee_roster",
        "student_enrolment",
        "disaster_loss",
        "demolition_compensation",
        "household_income_ledger",
    }
)
"""Sources that send nothing in a month without news; the others send a file without rows."""

GROUPED = frozenset(
    {
        "temporary_assistance",
        "one_card_payment",
        "assistance_case_history",
        "shareholders",
        "driver_and_violations",
        "demolition_compensation",
        "severe_disease_register",
        "inpatient_settlement",
        "disaster_loss",
    }
)
"""Sources whose key may stand for several rows."""


def columns() -> dict[str, list[Column]]:
    """The columns of every source, in order."""
    lines = (files("doudi.synth") / "columns.csv").read_text("utf-8").splitlines()[1:]
    found: dict[str, list[Column]] = {}
    for line in lines:
        source, *rest = line.split(",")
        found.setdefault(source, []).append(Column(*rest))
    return found


def header(column: Column, form: Form) -> str:
    """What a column is called in a file."""
    if form.headers == ENGLISH:
        return column.field
    unit = {"CNY": "元", "万元": "万元"}.get(column.unit, "")
    return f"{column.header}({unit})" if form.headers == WITH_UNITS and unit else column.header

"""What a data steward must know of a source: whose it is, what it says, who uses it, how late it may be."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from doudi.graph.schema import schema
from doudi.loaders.verdicts import cadence_days

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from doudi.detectors.catalogue import Catalogue
    from doudi.graph.errors import Lang, Pair
    from doudi.loaders.source import Column, Source

DEPARTMENTS = {
    "民政": "Civil Affairs",
    "公安": "Public Security",
    "人力资源和社会保障": "Human Resources and Social Security",
    "医疗保障": "Healthcare Security",
    "卫生健康": "Health",
    "残疾人联合会": "Disabled Persons' Federation",
    "教育": "Education",
    "财政": "Finance",
    "税务": "Taxation",
    "市场监督管理": "Market Regulation",
    "自然资源": "Natural Resources",
    "住房和城乡建设": "Housing and Urban-Rural Development",
    "住房公积金": "Housing Provident Fund",
    "农业农村": "Agriculture and Rural Affairs",
    "林业和草原": "Forestry and Grassland",
    "水利和移民": "Water Resources and Resettlement",
    "交通运输和海事": "Transport and Maritime",
    "应急管理和消防": "Emergency Management and Fire",
    "退役军人事务": "Veterans Affairs",
    "组织人事和机构编制": "Organisation, Personnel and Establishment",
    "人民法院": "Courts",
    "司法行政": "Justice and Prisons",
    "民族宗教": "Ethnic and Religious Affairs",
    "总工会": "Trade Union",
    "信访和12345热线": "Petitions and Hotline",
    "烟草专卖": "Tobacco Monopoly",
    "电力水务燃气和通信": "Utilities and Telecom",
    "人民银行和商业银行": "Banks",
    "证券登记": "Securities",
    "金融监管和保险机构": "Financial Regulation and Insurance",
    "大数据和统计": "Data Bureau and Statistics",
}
"""Departments in the order of the page; one that is not listed keeps its Chinese name."""

NATURES: dict[str, Pair] = {
    "register": ("登记（现状）", "register: how things stand"),
    "event": ("事件", "events: what happened, by date"),
    "month": ("按月数据", "months of a series"),
}
KEYS: dict[str, Pair] = {
    "id": ("一键一行", "one row a key"),
    "group": ("一键多行，整体替换", "the rows of a key are replaced together"),
}
ACCESS: dict[str, Pair] = {
    "plain": ("全体工作人员", "all staff"),
    "personal": ("有办理任务的人员", "staff with a task on the case"),
    "sensitive": ("写明用途的人员", "staff with a stated purpose"),
}
"""Who may see what a source says of people, by sensitivity."""

ROOMS: dict[str, Pair] = {
    "policy": ("收入重算", "means ledger"),
    "ranking": ("上门排序", "outreach ranking"),
}
CADENCES = {
    "daily": "按日",
    "weekly": "按周",
    "monthly": "按月",
    "quarterly": "按季",
    "half-yearly": "按半年",
    "yearly": "按年",
    "on-event": "按事件",
    "on authorisation": "按授权",
    "authorised": "经授权",
    "restricted": "受限",
    "aggregated": "汇总",
    "Oct-Sep year": "10月至次年9月",
}
_CADENCE = re.compile("|".join(sorted(CADENCES, key=len, reverse=True)))
_READS = re.compile(r"link_([A-Z_]+_[A-Z][A-Za-z]+_[A-Z][A-Za-z]+)")


@dataclass(frozen=True)
class Uses:
    """Who uses a source.

    Attributes:
        detectors: Greatest age in days by detector that lists it.
        checks: Greatest age in days by clearing check that takes its silence for an answer.
        rooms: Keys of ``ROOMS`` that read relations the source gives.
    """

    detectors: Mapping[str, int] = field(default_factory=dict)
    checks: Mapping[str, int] = field(default_factory=dict)
    rooms: tuple[str, ...] = ()

    @property
    def greatest_age(self) -> int | None:
        """Days after which the first detector that needs it is frozen; None where none does."""
        return min(self.detectors.values(), default=None)


def uses(declared: Mapping[str, Source], known: Catalogue) -> dict[str, Uses]:
    """Who uses each source, as detector headers and the tables that are read say."""
    detectors: dict[str, dict[str, int]] = defaultdict(dict)
    checks: dict[str, dict[str, int]] = defaultdict(dict)
    for detector in known.chosen(None):
        for slug, days in detector.sources.items():
            detectors[slug][detector.id] = days
    for code, check in known.clearing.items():
        for slug, silence in check.silence.items():
            checks[slug][code] = silence.days
    return {
        slug: Uses(detectors[slug], checks[slug], _rooms(source))
        for slug, source in declared.items()
    }


def _rooms(source: Source) -> tuple[str, ...]:
    given = {"_".join(block.triple) for block in source.blocks if block.triple}
    tables = ("parameters",) if source.rows_table else ()
    return tuple(room for room in ROOMS if given & _read_by(room) or (tables and room == "policy"))


@cache
def _read_by(room: str) -> frozenset[str]:
    """Relations, as TYPE_Start_End, that the code of a room reads."""
    texts = (
        f.read_text("utf-8") for f in files(f"doudi.{room}").iterdir() if f.name.endswith(".py")
    )
    return frozenset(name for text in texts for name in _READS.findall(text))


def needed(known: Catalogue) -> set[str]:
    """Slugs of the sources without which a detector or a clearing check does not answer."""
    detectors = known.chosen(None)
    checks = known.used_by(detectors).values()
    return {slug for d in detectors for slug in d.sources} | {
        slug for check in checks if check for slug in check.silence
    }


def sensitivity(source: Source) -> str:
    """The highest of the source's own and of the properties it gives."""
    order = list(ACCESS)
    found = {source.sensitivity, *(p for block in source.blocks for p in _of_properties(block))}
    return max(found & set(order), key=order.index, default="personal")


def _of_properties(block: Any) -> Iterator[str]:  # noqa: ANN401 - a block of a source
    declared = (
        schema().relation(block.triple[0]) if block.triple else schema().node(block.label)
    ).properties
    yield from (p.sensitivity for p in declared if p.name in block.properties)


def facts(source: Source) -> list[dict[str, str]]:
    """Labels and relations that a source gives, each once, with their Chinese names."""
    found: dict[str, dict[str, str]] = {}
    for block in source.blocks:
        if block.triple:
            kind, start, end = block.triple
            name = f"{start} -{kind}-> {end}"
            found[name] = {"fact": name, "zh": schema().relation(kind).zh}
        else:
            found[block.label] = {"fact": block.label, "zh": schema().node(block.label).zh}
    return list(found.values())


def cadence(source: Source, lang: Lang) -> str:
    """How often a source comes, in a language.

    >>> from doudi.loaders.source import sources
    >>> cadence(sources()["vehicle_insurance"], "zh")
    '按月 (经授权)'
    """
    if lang == "en":
        return source.cadence
    return _CADENCE.sub(lambda found: CADENCES[found[0]], source.cadence)


def department(source: Source, lang: Lang) -> str:
    """The department of a source in a language."""
    return source.publisher if lang == "zh" else DEPARTMENTS.get(source.publisher, source.publisher)


def column(one: Column) -> dict[str, Any]:
    """A column for people and machines."""
    return {
        "name": one.name,
        "headers": list(one.headers),
        "type": one.type,
        "unit": one.unit,
        "role": one.role,
        "values": list(one.values),
        "personal": one.personal or ("number" if "id18" in one.type else ""),
    }


def entry(source: Source, used: Uses) -> dict[str, Any]:
    """All that is declared of a source, as JSON values."""
    return {
        "slug": source.slug,
        "title": source.title,
        "department": {"zh": department(source, "zh"), "en": department(source, "en")},
        "legal_basis": source.legal_basis,
        "sensitivity": sensitivity(source),
        "cadence": source.cadence,
        "cadence_zh": cadence(source, "zh"),
        "stale_after_days": cadence_days(source.cadence),
        "nature": source.nature,
        "key": list(source.key),
        "key_kind": source.key_kind,
        "changes": list(source.changes),
        "expect": {
            "rows": list(source.expect.rows), "shrink": source.expect.shrink,
            "rejected": source.expect.rejected, "shift": source.expect.shift,
            "nulls": source.expect.nulls,
        },
        "columns": [column(one) for one in source.columns.values()],
        "ignored": dict(source.ignored),
        "facts": facts(source),
        "detectors": dict(used.detectors),
        "clearing": dict(used.checks),
        "read_by": list(used.rooms),
        "greatest_age_days": used.greatest_age,
    }  # fmt: skip  # a table of entries

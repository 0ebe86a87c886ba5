"""How the values of a hit are said in its sentence, in Chinese and in English.

The columns of a hit keep what the query returned; only the sentence is put into words. An English
sentence says words of the registers in English; one that is not listed here stands in “quotes” as
it was delivered.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

from doudi.detectors.entries import Words
from doudi.graph.schema import schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from doudi.graph.errors import Lang

ABSENT = "—"
IDS = frozenset({"household", "benefit", "also_paid"})
"""Columns that name a node beside those that end in ``_id``; an id is said as it is."""

YES, NO = Words("是", "yes"), Words("否", "no")

CODES = {
    "LEGAL_REP_OF": Words("法定代表人或经营者", "legal representative or owner"),
    "SHAREHOLDER_OF": Words("持股", "shareholder"),
    "EXEC_OF": Words("任职", "officer"),
    "illness": Words("大病", "a severe illness"),
    "disability": Words("重度残疾", "a severe disability"),
    "job loss": Words("失业", "a job loss"),
    "disaster": Words("房屋受灾", "a damaged home"),
    "death of an earner": Words("主要劳动力死亡", "the death of an earner"),
    "hospital cost": Words("高额住院自付费用", "high hospital costs"),
}
"""What queries and the schema call things, in words."""

ENGLISH = {
    # Programmes keep their own name in brackets.
    "低保": "minimum living allowance (低保)",
    "特困": "support for the destitute (特困)",
    "低保边缘": "low-income edge (低保边缘)",
    "刚性支出": "rigid spending (刚性支出)",
    "临时救助": "temporary assistance (临时救助)",
    "孤儿基本生活费": "living allowance of orphans (孤儿基本生活费)",
    "残疾人两项补贴": "disability allowances (残疾人两项补贴)",
    "高龄津贴": "old-age allowance (高龄津贴)",
    # Offices.
    "书记": "party secretary",
    "主任": "committee head",
    "委员": "committee member",
    "会计": "accountant",
    "民政专干": "civil-affairs officer",
    "社会救助协理员": "assistance aide",
    "包村干部": "village liaison official",
    # Posts on public pay.
    "在编": "permanent staff",
    "退休": "retired",
    "编外": "contract staff",
    "遗属": "dependant of deceased staff",
    "乡村保洁员": "village cleaner",
    "保洁员": "cleaner",
    "护林员": "forest ranger",
    "河道巡查员": "river patroller",
    # Vehicles and their state.
    "小型轿车": "small saloon",
    "微型轿车": "mini saloon",
    "小型普通客车": "small passenger car",
    "微型普通客车": "mini passenger car",
    "小型越野客车": "small off-road car",
    "微型越野客车": "mini off-road car",
    "小型专用客车": "small special-purpose car",
    "小型面包车": "small van",
    "微型面包车": "mini van",
    "正常": "in order",
    "逾期未检": "inspection overdue",
    "转出": "moved to another office",
    "报废": "scrapped",
    "注销": "deregistered",
    # Kinds of disability.
    "视": "sight",
    "听": "hearing",
    "言": "speech",
    "肢": "physical",
    "智": "intellectual",
    "精": "mental",
    "多重": "multiple",
    # Severe diseases.
    "肺癌": "lung cancer",
    "肝癌": "liver cancer",
    "白血病": "leukaemia",
    "尿毒症": "uraemia",
    "重性精神病": "severe mental illness",
    "脑卒中": "stroke",
    "先天性心脏病": "congenital heart disease",
    # Disasters and the damage to a house.
    "洪涝": "flood",
    "地质灾害": "landslide or other ground failure",
    "火灾": "fire",
    "风雹": "wind and hail",
    "干旱": "drought",
    "无": "none",
    # Why assistance ended.
    "收入超标": "income over the line",
    "财产超标": "property over the limit",
    "自愿放弃": "given up by the family",
    "到期": "term ended",
    "复审": "review",
    "渐退": "gradual exit",
}
"""Words of the registers in English."""

SIDES = {
    "unknown": Words("账户登记人不详", "nobody is on record as its holder"),
    "user": Words("账户登记在该对象名下", "the account stands in this payee's own name"),
    "victim": Words("账户登记在他人名下", "the account stands in another person's name"),
}
"""In whose name an account stands, seen from one of the payees whose money goes there."""

KIN = {
    "S": Words("配偶", "spouse"),
    "P": Words("父母", "parent"),
    "C": Words("子女", "child"),
    "PC": Words("兄弟姐妹", "brother or sister"),
    "PP": Words("祖父母或外祖父母", "grandparent"),
    "CC": Words("孙子女或外孙子女", "grandchild"),
    "SP": Words("配偶的父母", "parent-in-law"),
    "CS": Words("子女的配偶", "child-in-law"),
    "SPC": Words("配偶的兄弟姐妹", "brother- or sister-in-law"),
    "PCS": Words("兄弟姐妹的配偶", "brother- or sister-in-law"),
    "CSP": Words("子女的配偶的父母", "child's parent-in-law"),
    "PPC": Words("叔伯姑舅姨", "uncle or aunt"),
    "PCC": Words("侄子女或外甥子女", "nephew or niece"),
    "PPP": Words("曾祖父母或外曾祖父母", "great-grandparent"),
    "CCC": Words("曾孙子女或外曾孙子女", "great-grandchild"),
}
"""What the second person of a kinship path is to the first (:mod:`doudi.graph.kinship`)."""

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def sentence(template: str, row: Mapping[str, object], lang: Lang) -> str:
    """A detector's sentence about one row.

    Args:
        template: The sentence with names of columns in braces.
        row: Value by column; braces around any other name stay as they are.
        lang: The sentence's language.

    >>> sentence("{fines} fines, pays: {pays}", {"fines": 1200, "pays": True}, "en")
    '1,200 fines, pays: yes'
    """
    return re.sub(
        r"\{(\w+)\}",
        lambda found: said(found[1], row[found[1]], lang) if found[1] in row else found[0],
        template,
    )


def said(column: str, value: object, lang: Lang) -> str:
    """A value in the words of a sentence; lists joined, days in ISO 8601.

    Args:
        column: Its column, which settles what a short code means.
        value: A value of a hit; None is said as a dash.
        lang: The sentence's language.

    >>> said("roles", ["SHAREHOLDER_OF", "EXEC_OF"], "zh"), said("kin_path", "PPC", "en")
    ('持股、任职', 'uncle or aunt')
    """
    if isinstance(value, list):
        joined = "、" if lang == "zh" else ", "
        return joined.join(said(column, item, lang) for item in value) or ABSENT
    if value is None:
        return ABSENT
    if isinstance(value, bool):
        return (YES if value else NO).in_(lang)
    if isinstance(value, int | float):
        return _number(column, value)
    return _word(column, str(value), lang)


def _number(column: str, value: float) -> str:
    """A number with its thousands apart, up to four decimals; years are no amounts.

    >>> _number("revenue_yuan", 3588000.0), _number("share", 0.64), _number("ledger_year", 2025)
    ('3,588,000', '0.64', '2025')
    """
    if column.endswith("year"):
        return f"{value:.0f}"
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def _word(column: str, value: str, lang: Lang) -> str:
    if column in IDS or column.endswith("_id"):
        return value
    words = _OF_COLUMN.get(column, _words)().get(value)
    if words is not None:
        return words.in_(lang)
    return f"“{value}”" if lang == "en" and _CHINESE.search(value) else value


@cache
def _words() -> dict[str, Words]:
    """Words by value, for columns without a table of their own."""
    ties = {
        name: Words(tie.zh, name.lower().replace("_", " "))
        for name, tie in schema().relations.items()
    }
    return ties | {zh: Words(zh, en) for zh, en in ENGLISH.items()} | CODES


@cache
def _kin() -> dict[str, Words]:
    """Words by kinship path, all of up to three degrees; one without a name is said step by step.

    >>> _kin()["PSC"].zh, _kin()["PSC"].en
    ('父母的配偶的子女', "parent's spouse's child")
    """
    chains = ("".join(steps) for length in range(1, 5) for steps in product("PCS", repeat=length))
    return {path: KIN.get(path, _step_by_step(path)) for path in chains}


def _step_by_step(path: str) -> Words:
    steps = [KIN[step] for step in path]
    return Words("的".join(s.zh for s in steps), "'s ".join(s.en for s in steps))


_OF_COLUMN: dict[str, Callable[[], dict[str, Words]]] = {"kin_path": _kin, "side": lambda: SIDES}

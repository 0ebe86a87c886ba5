"""What people read instead of column names and raw values, in a table on their screen."""

from __future__ import annotations

from datetime import UTC, date, datetime

ZH = {
    "action": "步骤",
    "actor": "经办人",
    "area_code": "区划",
    "at": "时间",
    "cleared": "已排除",
    "clearing_codes": "排除依据",
    "detector": "规则",
    "detectors": "规则",
    "direction": "方向",
    "document_no": "文号",
    "eligible": "应查户",
    "exposure_cny": "最大金额（元）",
    "frozen_by": "停用原因",
    "grade": "身份等级",
    "hit_id": "命中编号",
    "hits": "命中",
    "household_id": "户编号",
    "lead_id": "线索编号",
    "month_from": "起月",
    "month_to": "止月",
    "months": "月数",
    "origin": "来源",
    "outcome": "核查结果",
    "param": "参数",
    "reason": "理由",
    "second_actor": "第二人",
    "seq": "序",
    "status": "状态",
    "title": "名称",
    "to_state": "状态",
    "township": "乡镇",
    "unit": "单位",
    "valid_from": "生效",
    "valid_to": "失效",
    "value": "数值",
    "why": "说明",
}
"""Chinese titles of columns; one that is not here keeps its name."""

MODELS = {
    "logistic": ("逻辑回归", "logistic regression"),
    "boosting": ("梯度提升树", "boosted trees"),
}
"""What the models of a ranking are called, in Chinese and English."""

DIRECTIONS = {"error": "防错", "leak": "防漏"}


_ABSENT = frozenset({"<NA>", "NaT", "nan"})  # what pandas calls absent


def as_json(value: object) -> object:
    """What JSON has no form for: arrays as lists, days and moments in ISO 8601, the rest as text.

    >>> from datetime import date
    >>> as_json(date(2026, 6, 1))
    '2026-06-01'
    """
    to_list = getattr(value, "tolist", None)
    if to_list is not None:
        return to_list()
    return value.isoformat() if isinstance(value, date) else str(value)


def column_title(name: str, *, zh: bool) -> str:
    """The title of a column.

    >>> column_title("to_state", zh=False)
    'to state'
    """
    return ZH.get(name, name) if zh else name.replace("_", " ")


def cell(value: object, *, zh: bool) -> str:
    """A value as a table shows it: lists joined, moments in local time to the minute.

    >>> cell(["X01", "X05"], zh=False), cell(True, zh=True), cell(None, zh=True)
    ('X01, X05', '是', '')
    """
    if value is None or str(value) in _ABSENT:
        return ""
    if isinstance(value, bool):
        words = ("否", "是") if zh else ("no", "yes")
        return words[value]
    if isinstance(value, datetime):
        local = datetime.fromtimestamp(value.timestamp(), tz=UTC).astimezone()
        return local.strftime("%Y-%m-%d %H:%M")  # pandas' own moments know no local zone
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)

"""What people read instead of column names and raw values, in a table on their screen."""

from __future__ import annotations

from datetime import UTC, date, datetime

ZH = {
    "access": "可查看",
    "action": "步骤",
    "actor": "经办人",
    "age_days": "已过天数",
    "area_code": "区划",
    "at": "时间",
    "batch": "批次",
    "cadence": "频率",
    "cleared": "已排除",
    "clearing_codes": "排除依据",
    "column": "列",
    "decided": "认定",
    "department": "部门",
    "detector": "规则",
    "detectors": "规则",
    "direction": "方向",
    "document_no": "文号",
    "duplicates": "重复",
    "effect": "结果",
    "eligible": "应查户",
    "exposure_cny": "最大金额（元）",
    "feed": "数据源",
    "file": "文件",
    "format": "格式",
    "freezes": "停用的规则",
    "frozen_by": "停用原因",
    "grade": "身份等级",
    "headers": "表头",
    "hit_id": "命中编号",
    "hits": "命中",
    "holds_back": "暂缓的排除",
    "household_id": "户编号",
    "item": "编号",
    "pid": "人员代码",
    "number": "身份证号",
    "names": "姓名",
    "kind": "类别",
    "last": "最近报送",
    "lead_id": "线索编号",
    "left": "一方",
    "loaded": "载入",
    "mode": "方式",
    "month_from": "起月",
    "month_to": "止月",
    "months": "月数",
    "nature": "性质",
    "origin": "来源",
    "outcome": "核查结果",
    "overtaken": "已被取代",
    "param": "参数",
    "probability": "可能性",
    "quarantined": "隔离",
    "reason": "理由",
    "reasons": "原因",
    "repaired": "已修改",
    "right": "另一方",
    "role": "角色",
    "rows": "行数",
    "place": "位置",
    "rows_in": "行数",
    "rule": "相同之处",
    "second_actor": "第二人",
    "seq": "序",
    "slug": "代号",
    "sources": "数据源",
    "status": "状态",
    "title": "名称",
    "to_state": "状态",
    "township": "乡镇",
    "type": "类型",
    "unchanged": "未改动",
    "unit": "单位",
    "valid_from": "生效",
    "valid_to": "失效",
    "value": "数值",
    "values": "取值",
    "verdict": "状况",
    "why": "说明",
    "would_load": "将载入",
    "would_refuse": "将隔离",
}
"""Chinese titles of columns; one that is not here keeps its name."""

MODELS = {
    "logistic": ("逻辑回归", "logistic regression"),
    "boosting": ("梯度提升树", "boosted trees"),
}
"""What the models of a ranking are called, in Chinese and English."""

MODES = {"snapshot": ("全量", "snapshot"), "delta": ("增量", "delta")}
"""What a delivery is, in Chinese and English."""

UNITS = {
    "0 no car, 1 one car below the price limit": "（0 不准有车，1 可有一辆限价以内的车）",
    "0/1": "（0 否，1 是）",
    "CNY": "元",
    "CNY in twelve months": "元（十二个月内）",
    "CNY of revenue in the hit's twelve last months; exactly this much is exempt": (
        "元（命中最后十二个月的营业收入；恰好等于此数的不计）"
    ),
    "CNY/month": "元/月",
    "CNY/year": "元/年",
    "CNY/year, rural disposable income per head": "元/年（农村居民人均可支配收入）",
    "CNY/year, rural disposable income per head; exactly this much does not count": (
        "元/年（农村居民人均可支配收入；恰好等于此数的不计）"
    ),
    "annual standards": "倍年标准",
    "count": "个",
    "crop loss as a share of the household's yearly income, 0 to 1": (
        "（农作物损失占家庭年收入的比例，0 至 1）"
    ),
    "days from the first day of the fact": "天（自事实首日起）",
    "days since the certificate was issued": "天（自发证之日起）",
    "days since the diagnosis was confirmed": "天（自确诊之日起）",
    "days since the disaster": "天（自受灾之日起）",
    "declared income over the implied one, 0 to 1": "（申报收入与推算收入之比，0 至 1）",
    "degree for 智 and 精, 1 the severest": "级（智力、精神残疾，一级最重）",
    "degree, 1 the severest": "级（一级最重）",
    "degrees of kinship, a spouse counting no step": "亲等（配偶不计）",
    "homes a household may own": "套（一户可有住房）",
    "look-through share, 0 to 1": "（穿透持股比例，0 至 1）",
    "m2": "平方米",
    "m2 of home per head": "平方米（人均住房）",
    "months": "个月",
    "months after the month of death, 0 or more": "个月（死亡当月之后，0 或以上）",
    "months before the end of a grace of which only the end is known": (
        "个月（渐退期只知止日时，自止日往前算）"
    ),
    "months in a row, 1 or more": "个月（连续，1 或以上）",
    "months in which one-off help counts": "个月（一次性救助的有效期）",
    "months in which the violations lie": "个月（违法记录所在期间）",
    "months in which two links hold at once": "个月（两项关联同时成立）",
    "months of benefit": "个月待遇",
    "months of marriage without being listed, 1 or more": "个月（结婚后未列入，1 或以上）",
    "months of overlap": "个月（重叠）",
    "months of zero filings up to the last month of the hit": (
        "个月（截至命中最后一月的连续零申报）"
    ),
    "months since the exit": "个月（自退出起）",
    "months without contributions, 1 or more": "个月（未缴费，1 或以上）",
    "payees not kin of each other within two degrees nor of one household or book, "
    "this one included": "名领取人（含本人；互非二亲等以内亲属，且不同户、不同户口簿）",
    "ratio": "（比值）",
    "ratio of dibao.allowed_home_area_pc": "倍 dibao.allowed_home_area_pc",
    "ratio of income, 0 to 1": "（占收入的比例，0 至 1）",
    "ratio of income.rural_pc_year": "倍 income.rural_pc_year",
    "ratio of the minimum wage": "倍最低工资",
    "ratio of the obligor household's income over its line, 0 to 1": (
        "（扶养义务人家庭收入超过标准部分的比例，0 至 1）"
    ),
    "ratio of the standard": "倍低保标准",
    "self-paid hospital cost of twelve months over the year's income, 0 or more": (
        "（十二个月住院自付费用与年收入之比，0 或以上）"
    ),
    "self-paid hospital cost since the exit as a multiple of the rural income per head": (
        "倍农村居民人均收入（退出后的住院自付费用）"
    ),
    "share held together with kin of degree two or less, 0 to 1": (
        "（与二亲等以内亲属合计持股的比例，0 至 1）"
    ),
    "share of a cooperative, 0 to 1; exactly this much is nominal": (
        "（合作社出资比例，0 至 1；恰好等于此数视为名义成员）"
    ),
    "share of a unit held in common, 0 to 1": "（按份共有的份额，0 至 1）",
    "share of capital, 0 to 1": "（出资比例，0 至 1）",
    "share of the household's wage that is gone, 0 to 1": "（失去的工资占家庭工资的比例，0 至 1）",
    "times the guaranteed area per head": "倍人均保障面积",
    "times the standard; exactly this much does not count": "倍低保标准（恰好等于此数的不计）",
    "times the yearly standard per person": "倍人均年标准",
    "violations as the driver, 1 or more": "次违法（本人驾驶，1 或以上）",
    "years of age": "周岁",
}
"""Units of the parameters in Chinese, as they follow a number."""

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


def unit(name: str, *, zh: bool) -> str:
    """The unit of a parameter; one that is not listed, as of an office's own rule, stays.

    >>> unit("CNY/month", zh=True), unit("months", zh=False)
    ('元/月', 'months')
    """
    return UNITS.get(name, name) if zh else name


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

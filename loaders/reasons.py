"""Why a row was refused or a field is unknown (contract §3), in Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doudi.graph.errors import Pair

REASONS: dict[str, Pair] = {
    "id.missing": ("没有证件号码，或号码不能用", "there is no number, or one that nobody has"),
    "id.checksum": ("证件号码校验位不符", "the check digit of the number is wrong"),
    "id.scientific": ("号码被表格软件变成科学计数，位数已丢失", "a spreadsheet made the number scientific; digits are lost"),
    "id.text": ("证件号码中有文字，或位数不对", "the number holds text, or has the wrong length"),
    "uscc.checksum": ("统一社会信用代码校验位不符", "the check character of the credit code is wrong"),
    "date.impossible": ("日期不存在或看不懂", "there is no such day, or it cannot be read"),
    "date.future": ("日期晚于报送日期", "the day is later than the delivery"),
    "date.order": ("结束早于开始", "the end is before the start"),
    "month.impossible": ("月份不存在或看不懂", "there is no such month, or it cannot be read"),
    "number.text": ("应为数字，却是文字", "text where a number should be"),
    "number.range": ("数字超出可信范围", "the number is out of the range that is believed"),
    "bool.unknown": ("既不是“是”也不是“否”", "neither yes nor no"),
    "enum.unknown": ("不在规定的取值之内", "not among the values of the column"),
    "row.truncated": ("单元格少于表头", "fewer cells than headers"),
    "row.extra": ("单元格多于表头", "more cells than headers"),
    "duplicate.conflict": ("同一主键有两行不同内容，已取后一行", "two different rows of one key; the later line was taken"),
    "required.missing": ("必填项为空", "a value that must be there is missing"),
    "unit.suspect": ("数值单位可疑", "the unit of the amounts looks wrong"),
    "id.misplaced": ("证件号码出现在不是证件号码的列中，列可能错位", "a person's number stands in a column for something else; columns may be shifted"),
    "person.forgotten": ("此人的数据已依法删除，不再载入", "the person's data were deleted by law, and are not loaded again"),
    "retention.over": ("保存期限已过，数据已删除，不再载入", "the rows of that time were deleted at the end of their retention"),
}  # fmt: skip
"""Every reason of the contract, and those beside it: `deliveries.md`."""

EFFECTS: dict[str, Pair] = {
    "row refused": ("整行未载入", "the row was not loaded"),
    "field unknown": ("已载入，该项视为未知", "loaded, the field is unknown"),
}


def reason_words(code: str) -> Pair:
    """A reason in words; a code of a later release stands for itself.

    >>> reason_words("row.extra")
    ('单元格多于表头', 'more cells than headers')
    """
    return REASONS.get(code, (code, code))

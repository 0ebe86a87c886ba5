"""Two registers of the same people, written down by two offices, with known truth.

People live in households and villages; each office has nine in ten of them, numbers its households
anew, mishears and mistypes names, gets digits of birth dates wrong and leaves cells empty.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from pypinyin import Style, lazy_pinyin

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MEN = "伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林欢阳建文志国庆东海成德生福贵根水金宝山川江河云峰岩石松柏树良忠义孝信诚仁智礼兴旺发财富荣光耀祖先继承永长久安康泰和顺祥瑞吉利胜利民中正立新春秋学武振世玉清"
WOMEN = "芳娜敏静丽艳娟霞秀英玲桂兰红梅萍燕华玉珍凤莲翠云琴素香月菊花莉雪婷慧颖倩琳洁佳怡欣悦蕾薇晶莹璐瑶琪雯娇媛嘉晓春美淑惠贤爱巧彩银金荷桃杏柳青竹叶小妹细女招娣来弟永芬芝芹荣贞文平会改转变先群众书"
MORE = "玮炜卫维威蔚墙蔷垒雷钧君均扬杨咏泳用捷节洁结桃陶淘朝潮铭鸣名钢纲屏萍苹晖慧惠会彭棚骅桦非菲妃欣新心馨博勃宾彬滨雨禹羽语豪昊皓楷恺建剑见骏峻竣凡繁率帅绪序叙柠宁隆琳霖淋环焕扬羊健件闻纹雯治至致果庆清青冬栋凯城诚程得盛圣声胜付复芙桂跟茎锦津珊姗穿江姜荷合和芸耘锋风枫丰言研颜"
"""Further characters that names are misheard as."""

SEXES = np.array(["男", "女"])
SHARE = 0.9
"""Part of the people that each office has."""
HOUSEHOLD, VILLAGE, TOWNSHIP = 3.2, 1_500, 12
"""People of a household, people of a village, villages of a township."""
OF_THE_FAMILY, ONE_CHARACTER = 0.65, 0.22
"""Shares of people with the household's surname, and of given names of one character."""
MOVED, WRONG_SEX, SLIP_OF_NAME = 0.05, 0.005, 0.08
"""Shares of rows of an office with another household and village, another sex, a wrong name."""
ANYWHERE, MISHEARD, MISTYPED, SHORT = 0.6, 0.7, 0.9, 3
"""Of wrong names: with the surname too; of the same sound; with another character, as all shorter
than this are; the others lack one."""
WRONG_DIGIT, SWAPPED, FIRST_OF_JANUARY = 0.035, 0.04, 0.045
"""Shares of births up to which one digit, month and day, or all but the year are wrong."""
NOT_TOLD = {"name": 0.002, "birth_date": 0.05, "sex": 0.02, "village": 0.03}
"""Shares of empty cells."""


def make_register(folder: Path, records: int, seed: int) -> Path:
    """Write ``left.parquet``, ``right.parquet`` and ``truth.parquet``; about ``records`` in all.

    The registers have ``id``, ``name``, ``birth_date``, ``sex``, ``village`` and ``household``,
    all texts; the truth has ``left_id`` and ``right_id`` of everybody who is in both.
    """
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    people = _people(random, round(records / 2 / SHARE))
    sides = {side: _written_down(random, people, side) for side in ("left", "right")}
    for side, table in sides.items():
        pq.write_table(table.drop(["person"]), folder / f"{side}.parquet")
    left, right = (sides[side].select(["id", "person"]) for side in ("left", "right"))
    both = left.join(right, "person", join_type="inner", right_suffix="_right")
    truth = both.select(["id", "id_right"]).rename_columns(["left_id", "right_id"])
    pq.write_table(truth, folder / "truth.parquet")
    return folder


def _people(random: np.random.Generator, many: int) -> dict[str, NDArray[np.generic]]:
    household = np.sort(random.integers(0, max(1, round(many / HOUSEHOLD)), many))
    surnames = pacsv.read_csv(
        pa.py_buffer(
            _without_comments(files("doudi.synth").joinpath("surnames.csv").read_text("utf-8"))
        )
    )
    share = surnames["share"].to_numpy()
    of_household = random.choice(len(share), household.max() + 1, p=share / share.sum())
    own = random.choice(len(share), many, p=share / share.sum())
    surname = np.where(random.random(many) < OF_THE_FAMILY, of_household[household], own)
    sex = random.integers(0, 2, many)
    villages = max(1, many // VILLAGE)
    return {
        "surname": np.array(surnames["surname"].to_pylist())[surname],
        "given": _given(random, sex),
        "sex": sex,
        "day": random.integers(0, 85 * 365, many),
        "household": household,
        "village": random.integers(0, villages, household.max() + 1)[household],
    }


def _without_comments(text: str) -> bytes:
    return "\n".join(line for line in text.splitlines() if not line.startswith("#")).encode()


def _given(random: np.random.Generator, sex: NDArray[np.int64]) -> NDArray[np.str_]:
    """Given names of one or two characters; few characters are very common."""
    found = np.empty(len(sex), "U2")
    for which, signs in enumerate((MEN, WOMEN)):
        bank = np.array(list(dict.fromkeys(signs)))
        weight = 1 / (np.arange(len(bank)) + 4.0)
        at = np.flatnonzero(sex == which)
        first = random.choice(bank, len(at), p=weight / weight.sum())
        second = random.choice(bank, len(at), p=weight / weight.sum())
        found[at] = np.where(
            random.random(len(at)) < ONE_CHARACTER, first, np.char.add(first, second)
        )
    return found


def _written_down(
    random: np.random.Generator, people: dict[str, NDArray[np.generic]], side: str
) -> pa.Table:
    """What one office has: some of the people, shuffled, with its own mistakes and numbers."""
    many = len(people["sex"])
    kept = random.permutation(many)[: round(many * SHARE)]
    chosen = {name: column[kept] for name, column in people.items()}
    count = len(kept)
    new_number = random.permutation(int(people["household"].max()) + 1)
    household = new_number[chosen["household"]]
    moved = random.random(count) < MOVED
    household[moved] = random.integers(0, len(new_number), int(moved.sum()))
    village = chosen["village"].copy()
    village[moved] = random.integers(0, int(people["village"].max()) + 1, int(moved.sum()))
    sex = np.where(random.random(count) < WRONG_SEX, 1 - chosen["sex"], chosen["sex"])
    return pa.table(
        {
            "id": [f"{side[0]}{number}" for number in random.permutation(count)],
            "name": _holed(random, _misheard(random, chosen["surname"], chosen["given"]), "name"),
            "birth_date": _holed(random, _mistyped(random, chosen["day"]), "birth_date"),
            "sex": _holed(random, SEXES[sex], "sex"),
            "village": _holed(random, _codes(village), "village"),
            "household": [f"{side[0]}{number}" for number in household],
            "person": kept,
        }
    )


def _codes(village: NDArray[np.generic]) -> NDArray[np.str_]:
    """Twelve digits: county, township of about twelve villages, village."""
    numbers = village.astype(np.int64)
    return np.char.mod("%d", 539_901_001_001 + numbers // TOWNSHIP * 1_000 + numbers % TOWNSHIP)


def _holed(random: np.random.Generator, values: NDArray[np.str_], column: str) -> pa.Array:
    return pa.array(values, pa.string(), mask=random.random(len(values)) < NOT_TOLD[column])


def _misheard(
    random: np.random.Generator, surname: NDArray[np.generic], given: NDArray[np.generic]
) -> NDArray[np.str_]:
    """Names as written: one in twelve with a character of the same sound, another, or none."""
    names = np.char.add(surname.astype("U2"), given.astype("U2"))
    alike = _same_sound("".join(dict.fromkeys(MEN + WOMEN + MORE + "".join(set(surname.tolist())))))
    bank = MEN + WOMEN
    for at in np.flatnonzero(
        random.random(len(names)) < SLIP_OF_NAME
    ):  # few rows, each its own slip
        name, kind = str(names[at]), random.random()
        place = int(random.integers(0 if kind < ANYWHERE else 1, len(name)))
        heard = alike.get(name[place], "")
        if kind < MISHEARD and heard:
            new = heard[int(random.integers(len(heard)))]
        elif kind < MISTYPED or len(name) < SHORT:
            new = bank[int(random.integers(len(bank)))]
        else:
            new = ""
        names[at] = name[:place] + new + name[place + 1 :]
    return names


def _same_sound(signs: str) -> dict[str, str]:
    """For each character the others that sound like it."""
    groups: dict[str, str] = {}
    for sign, sound in zip(signs, lazy_pinyin(list(signs), style=Style.NORMAL), strict=True):
        groups[sound] = groups.get(sound, "") + sign
    return {s: group.replace(s, "") for group in groups.values() for s in group if len(group) > 1}


def _mistyped(random: np.random.Generator, day: NDArray[np.generic]) -> NDArray[np.str_]:
    """Dates of birth as written: some with one wrong digit, month and day swapped, or 1 January."""
    days = np.datetime64("1935-01-01") + day.astype("timedelta64[D]")
    dates = np.datetime_as_string(days).astype("U10")
    kind = random.random(len(dates))
    for at in np.flatnonzero(kind < FIRST_OF_JANUARY):  # few rows, each its own slip
        text = str(dates[at])
        if kind[at] < WRONG_DIGIT:
            place = int(random.choice([2, 3, 5, 6, 8, 9]))
            text = text[:place] + str(random.integers(10)) + text[place + 1 :]
        elif kind[at] < SWAPPED:
            text = text[:5] + text[8:] + "-" + text[5:7]
        else:
            text = text[:4] + "-01-01"
        dates[at] = text
    return dates

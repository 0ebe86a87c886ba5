"""Names by the frequency of real surnames."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

MALE = np.array(
    list(
        "伟强军勇杰磊涛斌波辉刚健明平林志建国华文武海龙云飞鹏浩宇翔峰亮成东旭俊凯天生福贵祥德顺发荣"
    )
)
FEMALE = np.array(
    list("芳娜敏静秀丽艳娟霞玲燕红梅琴兰英萍莉婷雪慧琳莹洁倩颖凤珍桂香玉翠春菊花美蓉佳欣怡雅晶蕾")
)
FIRST = np.array(list("家国文志建小晓永子海明春秀玉金思雨德世正光宏庆荣学"))
SINGLE_SIGN = 0.15


def surnames(rng: Generator, count: int) -> NDArray[np.str_]:
    """Surnames drawn by their share among people."""
    lines = (files("doudi.synth") / "surnames.csv").read_text("utf-8").splitlines()
    rows = [line.split(",") for line in lines if not line.startswith("#")][1:]
    share = np.array([float(row[1]) for row in rows])
    return rng.choice(np.array([row[0] for row in rows]), size=count, p=share / share.sum())


def given_names(rng: Generator, male: NDArray[Any]) -> NDArray[np.str_]:
    """Given names of one or two signs that suit the sex."""
    count = len(male)
    last = np.where(male, rng.choice(MALE, count), rng.choice(FEMALE, count))
    first = np.where(rng.random(count) < SINGLE_SIGN, "", rng.choice(FIRST, count))
    return np.char.add(first, last)

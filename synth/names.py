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
SHARED_SIGN = 0.7
"""Share of twins named alike but for the last sign."""


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


def share_sign(
    rng: Generator, given: NDArray[np.str_], one: NDArray[np.int64], other: NDArray[np.int64]
) -> None:
    """Let most pairs of people, by position, share the first of the two signs of their names."""
    shares = rng.random(len(one)) < SHARED_SIGN
    one, other = one[shares], other[shares]
    both = (np.char.str_len(given[one]) > 1) & (np.char.str_len(given[other]) > 1)
    one, other = one[both], other[both]
    given[other] = np.char.add(given[one].astype("U1"), _last(given[other]))


def tell_apart(
    given: NDArray[np.str_],
    male: NDArray[np.bool_],
    who: NDArray[np.int64],
    others: list[NDArray[np.int64]],
) -> None:
    """Change the last sign of whoever is named like one of the others, until nobody is."""
    for _ in range(len(others) + 1):
        alike = np.zeros(len(who), dtype=bool)
        for other in others:
            alike |= given[who] == given[other]
        own = who[alike]
        last = _last(given[own])
        given[own] = np.char.add(
            np.where(np.char.str_len(given[own]) > 1, given[own].astype("U1"), ""),
            np.where(male[own], _after(MALE, last), _after(FEMALE, last)),
        )


def _last(given: NDArray[np.str_]) -> NDArray[np.str_]:
    """The last sign of names of one or two."""
    signs = given.astype("U2").view("U1").reshape(-1, 2)
    return np.where(signs[:, 1] == "", signs[:, 0], signs[:, 1])


def _after(signs: NDArray[np.str_], sign: NDArray[np.str_]) -> NDArray[np.str_]:
    """The sign that follows each in a list, the first after the last or an unknown one."""
    order = np.argsort(signs)
    at = np.minimum(np.searchsorted(signs[order], sign), len(signs) - 1)
    known = signs[order][at] == sign
    return signs[np.where(known, (order[at] + 1) % len(signs), 0)]

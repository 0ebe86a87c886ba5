"""The weights of a comparison, learned without labels: Fellegi and Sunter's model by EM.

Each outcome of a comparison is so many times likelier for two rows of one person than for two
rows of two people. How often it comes out for two people is counted on random pairs. How often for
one person is learned, for each field from pairs that agree on another one: whether they agree by
chance or because they are one person is not known, but the mixture has one best explanation. What
is shared counts the more the rarer it is.

References: I. P. Fellegi and A. B. Sunter, A theory for record linkage (1969); W. E. Winkler,
Using the EM algorithm for weight computation (1988); T. Enamorado, B. Fifield and K. Imai, Using a
probabilistic model to assist merging of large-scale administrative records (2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doudi.linking.blocks import apart, pairs_of, training_rules
from doudi.linking.em import Mixture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.linking.fields import Field, People
    from doudi.linking.text import Rows

SAMPLE = 500_000
"""Most pairs from which a share is learned."""
SAMPLE_A_ROW, LEAST_SAMPLE = 10, 100_000
TRAINING_CAP = 400
"""Blocks that are learned from may be larger than those that are compared."""
MOST = 16.0
"""Largest weight of one field: e**16 is 9 million to one."""
LEAST_CHANCE, MOST_CHANCE = 1e-9, 1 - 1e-6
PRIOR_ROUNDS = 60


@dataclass(frozen=True)
class Weights:
    """What has been learned.

    Attributes:
        factors: Of each field the logarithm of the factor of each level, 0 for the first, which is
            that a row does not tell.
        rarity: Of each field and level what the rarity of a pair is measured by, as a logarithm;
            0 where rarity says nothing.
    """

    factors: tuple[NDArray[np.float32], ...]
    rarity: tuple[NDArray[np.float32], ...]


@dataclass(frozen=True)
class Outcomes:
    """Pairs of rows, with what came out.

    Attributes:
        left: One row of each pair.
        right: The other.
        levels: Level of each pair in each field, shape (n_fields, n_pairs).
        rarity: Logarithm of the share of what is shared, same shape.
    """

    left: Rows
    right: Rows
    levels: NDArray[np.uint8]
    rarity: NDArray[np.float32]


def compare(people: People, left: Rows, right: Rows) -> Outcomes:
    """Every field of every pair."""
    levels = np.zeros((len(people.fields), len(left)), np.uint8)
    rarity = np.zeros((len(people.fields), len(left)), np.float32)
    for nth, field in enumerate(people.fields):
        levels[nth], rarity[nth] = field.rate(left, right)
    return Outcomes(left, right, levels, rarity)


def weigh(weights: Weights, outcomes: Outcomes) -> NDArray[np.float32]:
    """Logarithm of the odds of each pair, but for those of two random rows."""
    total = np.zeros(len(outcomes.left), np.float32)
    rows = zip(weights.factors, weights.rarity, outcomes.levels, outcomes.rarity, strict=True)
    for factor, usual, level, rarity in rows:
        weight, measure = factor[level], usual[level]
        told = (measure != 0) & (rarity != 0)
        weight[told] += (measure - rarity)[told]
        total += np.minimum(weight, MOST)
    return total


def learn(people: People) -> Weights:
    """Weights of all fields, from the rows alone."""
    sample = compare(people, *_random_pairs(people))
    two = [_by_chance(f, sample.levels[n]) for n, f in enumerate(people.fields)]
    rarity = [_usual_rarity(sample, n, share) for n, share in enumerate(two)]
    one = _of_one_person(people, two)
    factors = [np.clip(np.log(m / u), -MOST, MOST) for m, u in zip(one, two, strict=True)]
    return Weights(tuple(map(_behind_missing, factors)), tuple(map(_behind_missing, rarity)))


def _behind_missing(values: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.append(0.0, values).astype(np.float32)


def _random_pairs(people: People) -> tuple[Rows, Rows]:
    """Random pairs; always the same for the same number of rows."""
    random = np.random.default_rng(0)
    first = people.left if people.has_sides else people.many
    behind = people.left if people.has_sides else 0
    many = min(SAMPLE, max(LEAST_SAMPLE, SAMPLE_A_ROW * people.many))
    left = random.integers(0, first, many, dtype=np.int32)
    right = random.integers(behind, people.many, many, dtype=np.int32)
    differ = left != right
    return left[differ], right[differ]


def _by_chance(field: Field, level: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Shares of a field's levels among random pairs; that of the same values is counted in full."""
    count = np.bincount(level, minlength=len(field.levels))[1:] + 0.5
    share: NDArray[np.float64] = count / count.sum()
    share[-1] = np.clip(field.chance, LEAST_CHANCE, MOST_CHANCE)
    share[:-1] *= (1 - share[-1]) / share[:-1].sum()
    return share


def _usual_rarity(sample: Outcomes, nth: int, share: NDArray[np.float64]) -> NDArray[np.float64]:
    """What rarities are measured by: their harmonic mean among random pairs of the level.

    With it rarity moves weights from the common to the rare and adds none on the whole.
    """
    level, rarity = sample.levels[nth], sample.rarity[nth].astype(np.float64)
    usual = np.zeros(len(share))
    for at in range(1, len(share)):
        told = (level == at) & (rarity != 0)
        if told.any():
            usual[at - 1] = -np.log(np.exp(-rarity[told]).mean())
    usual[-1] = np.log(share[-1])
    return usual


def _of_one_person(people: People, two: list[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """Shares of levels among rows of one person: means of what the training rules teach."""
    usual = [field.usual for field in people.fields]
    total = [np.array(u) for u in usual]
    pairs = np.ones(len(usual))
    for keyed, fixed in training_rules(people):
        free = [n for n, f in enumerate(people.fields) if f.title not in fixed]
        found = _sampled(pairs_of(keyed, people, cap=TRAINING_CAP))
        if len(found) == 0 or not free:
            continue
        levels = compare(people, *apart(found, people)).levels[free]
        count, shares = Mixture.of(levels, [two[n] for n in free], [usual[n] for n in free]).solve()
        for n, share in zip(free, shares, strict=True):
            total[n] += count * share
            pairs[n] += count
    return [t / many for t, many in zip(total, pairs, strict=True)]


def _sampled(pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """At most ``SAMPLE`` of the pairs, evenly."""
    if len(pairs) <= SAMPLE:
        return pairs
    return pairs[np.linspace(0, len(pairs) - 1, SAMPLE).astype(np.int64)]


def settle_prior(weight: NDArray[np.float32], people: People) -> float:
    """Log odds that two random rows are of one person, which the pairs found confirm."""
    first = people.left if people.has_sides else people.many
    second = people.many - people.left if people.has_sides else people.many / 2
    total = float(first) * float(second)
    prior = float(np.log(people.many / total))
    for _ in range(PRIOR_ROUNDS):
        found = float((1 / (1 + np.exp(-(weight + np.float32(prior))))).sum())
        prior = float(np.log(max(found, 1.0) / total))
    return prior

"""Kinship distances, a spouse counting no step."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from doudi.synth.people import People


class Kin:
    """Looks up relatives; planted marriages count like all others."""

    def __init__(self, people: People) -> None:
        """Index the children of everybody."""
        self._people = people
        self._children: dict[int, list[int]] = {}
        self._wed: dict[int, list[int]] = {}
        for parent in (people.father, people.mother):
            known = np.flatnonzero(parent != NOBODY)
            for child, elder in zip(known.tolist(), parent[known].tolist(), strict=True):
                self._children.setdefault(elder, []).append(child)

    def wed(self, one: int, other: int) -> None:
        """Count a planted marriage."""
        self._wed.setdefault(one, []).append(other)
        self._wed.setdefault(other, []).append(one)

    def within(self, person: int, degree: int) -> dict[int, int]:
        """Relatives up to a degree, each with the degree; the person itself is left out."""
        found = {person: 0}
        queue = deque([person])
        while queue:
            current = queue.popleft()
            for spouse in self._spouses(current):
                if found.get(spouse, degree + 1) > found[current]:
                    found[spouse] = found[current]
                    queue.appendleft(spouse)
            for other in self._blood(current):
                step = found[current] + 1
                if step <= degree and found.get(other, degree + 1) > step:
                    found[other] = step
                    queue.append(other)
        found.pop(person)
        return found

    def _spouses(self, person: int) -> list[int]:
        """Whom a person is, or was, married to."""
        people = self._people
        ties = [int(people.spouse[person]), int(people.former[person])]
        return [tie for tie in ties if tie != NOBODY] + self._wed.get(person, [])

    def _blood(self, person: int) -> list[int]:
        """Parents and children."""
        people = self._people
        parents = [int(people.father[person]), int(people.mother[person])]
        return [tie for tie in parents if tie != NOBODY] + self._children.get(person, [])

    def children(self, person: int) -> list[int]:
        """The children of a person."""
        return self._children.get(person, [])

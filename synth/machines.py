"""Farm machines on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth import months
from doudi.synth.book import coded, numbered
from doudi.synth.folk import marked
from doudi.synth.quiet import drawn, helped_homes, quiet_homes, scale_farmers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

MACHINES = {
    "small": [
        ("耕整地机械", "1WG-4.0", 4.0),
        ("耕整地机械", "1WG-6.3", 6.3),
        ("收获机械", "4GL-90", 3.7),
    ],
    "large": [
        ("拖拉机", "LX-904", 66.2),
        ("拖拉机", "LX-1204", 88.2),
        ("收获机械", "4LZ-5.0", 73.5),
    ],
}
"""Class, model and power in kW; small and large ones share a class, as in the real lists."""
SMALL = len(MACHINES["small"])


def machines(
    world: World,
    owner: NDArray[np.int64],
    kind: NDArray[np.int64],
    day: NDArray[Any],
    **given: Values,
) -> None:
    """Rows of farm_machinery; ``kind`` counts the small machines first, then the large ones."""
    every = MACHINES["small"] + MACHINES["large"]
    people, large = world.people, kind >= SMALL
    power = np.array([power for _, _, power in every])[kind]
    price = np.where(large, np.round(power * 1450, -3), np.round(power * 700, -2))
    serial = world.homes.first + people.home[owner] + 1
    told: dict[str, Values] = {
        "price": price,
        "subsidy": np.round(price * 0.3, -1),
        "status": "在用",
        "serial_no": numbered(np.where(large, "DX", "XX"), serial, 8),
    }
    world.book.add(
        "farm_machinery",
        known=months.index_of(day),
        owner_id=coded(people.number, owner),
        machine_type=coded([c for c, _, _ in every], kind),
        model=coded([m for _, m, _ in every], kind),
        power_kw=power,
        buy_date=day,
        owner_name=coded(people.name, owner),
        **(told | given),
    )


def write_machines(world: World) -> None:
    """Small ones for many, large ones for few; homes on a register have a tiller at most."""
    rng, homes = world.block.stream("farm_machinery"), world.homes
    quiet, rural = quiet_homes(world), ~homes.urban
    scale = marked(len(homes), world.people.home[scale_farmers(world)].tolist())
    small = drawn(rng, rural & (quiet | helped_homes(world)), np.where(quiet, 0.16, 0.12))
    large = drawn(rng, rural & quiet, np.where(scale, 0.7, 0.035 + 0.015 * homes.comfort))
    own = np.concatenate([small, large])
    count = len(own)
    kind = rng.integers(0, SMALL, count) + SMALL * (np.arange(count) >= len(small))
    kind = np.where(~quiet[own], 0, kind)
    day = months.day_in(-rng.integers(-44, 100, count), rng.integers(1, 29, count))
    status = coded(["在用", "报废", "已转让"], rng.choice(3, count, p=[0.93, 0.05, 0.02]))
    machines(world, homes.head[own], kind, day, status=status)

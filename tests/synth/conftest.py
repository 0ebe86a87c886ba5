"""Two counties that all tests of this folder look at: a clean one and a soiled one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from doudi.synth.county import CountyReceipt, make_county
from doudi.synth.forms import forms
from doudi.synth.plant import RATES
from doudi.synth.readback import table_of

if TYPE_CHECKING:
    from pathlib import Path

BATCHES = ("2026-04", "2026-05", "2026-06")


@dataclass(frozen=True)
class County:
    """A county on disk, read back by the forms it was written in."""

    folder: Path
    receipt: CountyReceipt

    def cases(self, code: str, role: str = "case") -> pd.DataFrame:
        """Planted facts of a code."""
        table = pd.read_parquet(self.folder / "truth" / "cases.parquet")
        return table[(table["code"] == code) & (table["role"] == role)]

    def truth(self, name: str) -> pd.DataFrame:
        """Another table of the truth."""
        return pd.read_parquet(self.folder / "truth" / f"{name}.parquet")

    def sent(self, source: str, batch: str) -> pd.DataFrame:
        """One file with English headers, every cell as text."""
        path = self.folder / "deliveries" / batch / forms()[source].file
        return table_of(path) if path.exists() else pd.DataFrame()

    def rows(self, source: str) -> pd.DataFrame:
        """The rows of all batches, the newest last."""
        parts = [self.sent(source, batch) for batch in BATCHES]
        return pd.concat([part for part in parts if len(part)], ignore_index=True)


def planted_alone(
    factory: pytest.TempPathFactory,
    rates: dict[str, float],
    **wishes: Any,  # noqa: ANN401 - those of make_county
) -> County:
    """A county in which only the given codes are planted, so that households are left for them."""
    folder = factory.mktemp("alone")
    return County(folder, make_county(folder, rates=dict.fromkeys(RATES, 0.0) | rates, **wishes))


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    """County S, clean."""
    folder = tmp_path_factory.mktemp("county")
    return County(folder, make_county(folder, seed=1))


@pytest.fixture(scope="session")
def soiled(tmp_path_factory: pytest.TempPathFactory) -> County:
    """County S with the faults of real exports."""
    folder = tmp_path_factory.mktemp("soiled")
    return County(folder, make_county(folder, seed=1, dirt=1))

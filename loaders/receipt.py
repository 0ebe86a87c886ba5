"""The receipt of a load: what became of every row of every file."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from doudi.graph.errors import DeliveryError


@dataclass(frozen=True)
class Control:
    """One control total: what the sender said and what was found."""

    name: str
    expected: float
    found: float

    @property
    def agrees(self) -> bool:
        """Whether they are equal to the fen."""
        return abs(self.expected - self.found) < 0.005  # noqa: PLR2004 - half a fen


@dataclass(frozen=True)
class FileReceipt:
    """One file: ``rows_in = loaded + quarantined + duplicates``."""

    batch: str
    file: str
    source: str
    rows_in: int
    loaded: int
    quarantined: int
    duplicates: int
    repaired: int
    facts: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    control: list[dict[str, Any]] = field(default_factory=list)
    absent: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a receipt in which a row is missing or counted twice."""
        if self.rows_in != self.loaded + self.quarantined + self.duplicates:
            raise DeliveryError(
                f"{self.rows_in} rows in, but {self.loaded} loaded + {self.quarantined} "
                f"quarantined + {self.duplicates} duplicates",
                where=f"{self.batch}/{self.file}",
                expected="every row counted once",
                next_step="report this; nothing of the file is to be relied on",
            )

    @property
    def totals(self) -> tuple[Control, ...]:
        """The control totals, compared."""
        return tuple(Control(**entry) for entry in self.control)


@dataclass(frozen=True)
class LoadReceipt:
    """One delivery."""

    batch: str
    files: tuple[FileReceipt, ...]
    messages: tuple[str, ...]
    unhealthy: bool = False

    @property
    def exit_code(self) -> int:
        """0, or 3 when a feed was stopped, a total does not agree, or too many rows were refused."""
        return 3 if self.unhealthy else 0

    def to_json(self) -> dict[str, Any]:
        """The receipt as JSON values."""
        return {
            "stage": "load",
            "ok": self.exit_code == 0,
            "exit_code": self.exit_code,
            "files": [asdict(file) for file in self.files],
            "messages": list(self.messages),
        }

"""The receipt of a load: what became of every row of every file."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from doudi.graph.errors import DeliveryError, filled

if TYPE_CHECKING:
    from doudi.graph.errors import Pair

_UNEVEN = (
    "读入 {rows_in} 行，但载入 {loaded} + 隔离 {quarantined} + 重复 {duplicates}",
    "{rows_in} rows in, but {loaded} loaded + {quarantined} quarantined + {duplicates} duplicates",
)


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
    remarks: tuple[Pair, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a receipt in which a row is missing or counted twice."""
        if self.rows_in != self.counted:
            names = ("rows_in", "loaded", "quarantined", "duplicates")
            raise DeliveryError(
                filled(*_UNEVEN, **{name: getattr(self, name) for name in names}),
                where=f"{self.batch}/{self.file}",
                expected=("每行恰好计入一次", "every row counted once"),
                next_step=(
                    "请反馈此问题；该文件的数据不可采信",
                    "report this; nothing of the file is to be relied on",
                ),
            )

    @property
    def counted(self) -> int:
        """Rows that something became of."""
        return self.loaded + self.quarantined + self.duplicates

    @property
    def totals(self) -> tuple[Control, ...]:
        """The control totals, compared."""
        return tuple(Control(**entry) for entry in self.control)


@dataclass(frozen=True)
class RepairedFile(FileReceipt):
    """One file of which lines were sent again: ``rows_in`` counts ``overtaken`` lines too.

    Attributes:
        overtaken: Lines that were set aside, because newer deliveries spoke of them.
        unchanged: Lines that were left as they were; they count as quarantined, and where only a field
            is unknown as duplicates of what was loaded.
    """

    overtaken: int = 0
    unchanged: int = 0

    @property
    def counted(self) -> int:
        """Rows that something became of."""
        return self.loaded + self.quarantined + self.duplicates + self.overtaken


@dataclass(frozen=True)
class RepairReceipt:
    """What became of the lines of a repaired book.

    Attributes:
        stopped: What was said of lines that could not be used, by batch and data type.
    """

    files: tuple[RepairedFile, ...]
    messages: tuple[str, ...]
    stopped: dict[str, str] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0, or 3 when the lines of a batch and data type could not be used."""
        return 3 if self.stopped else 0

    def to_json(self) -> dict[str, Any]:
        """The receipt as JSON values."""
        return {
            "stage": "resubmit",
            "ok": self.exit_code == 0,
            "exit_code": self.exit_code,
            "files": [asdict(file) for file in self.files],
            "messages": list(self.messages),
            "stopped": dict(self.stopped),
        }


@dataclass(frozen=True)
class LoadReceipt:
    """One delivery.

    Attributes:
        stopped: What was said of each feed that was stopped, by data type.
    """

    batch: str
    files: tuple[FileReceipt, ...]
    messages: tuple[str, ...]
    unhealthy: bool = False
    stopped: dict[str, str] = field(default_factory=dict)

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
            "stopped": dict(self.stopped),
        }

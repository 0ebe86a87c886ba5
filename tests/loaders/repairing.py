"""A steward who exports what is in quarantine, repairs it, and sends it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook

from doudi.loaders.identity import Keys
from doudi.loaders.quarantine_book import INFO, write_book
from doudi.loaders.refused import groups, lines
from doudi.loaders.repairs import resubmit
from doudi.loaders.source import sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from doudi.loaders.receipt import RepairReceipt
    from tests.loaders.conftest import Office

MEMBERS = "household_id,person_id,name,relation_to_head,is_beneficiary,labour_capacity,health,disability_grade,declared_income,added_date,removed_date"
MEMBER_OF = ("MEMBER_OF", "Person", "Household")
PAID = ("PAID", "Person", "Account")
PAYMENTS = "payee_id,account_hash,account_name,programme,amount,pay_date,batch,status"
DELTA = 'mode = "delta"\n'
BAD = "53990119800101001"
DAY = date(2026, 12, 24)


def members(*rows: str) -> dict[str, str]:
    return {"dibao_member_register.csv": "\n".join([MEMBERS, *rows]) + "\n"}


def member(person: str, income: str = "100", household: str = "D1", name: str = "王小明") -> str:
    return f"{household},{person},{name},户主,是,有劳动能力,健康,,{income},2024-01-15,"


def payments(*rows: str) -> dict[str, str]:
    return {"one_card_payment.csv": "\n".join([PAYMENTS, *rows]) + "\n"}


def payment(person: str, amount: str, month: str, status: str = "成功") -> str:
    return f"{person},{'a' * 64},王小明,农村低保,{amount},{month}-15,{month},{status}"


@dataclass
class Steward:
    """Exports what is in quarantine, repairs it, and sends it again."""

    office: Office
    days: list[date]
    books: int = 0

    @property
    def home(self) -> Path:
        return self.office.home

    def export(self, batch: str = "") -> Path:
        self.books += 1
        book = self.office.folder / f"book{self.books}.xlsx"
        found = lines(self.home, Keys(self.home / "keys"), batch)
        write_book(book, found, sources(self.home / "sources"), "en")
        return book

    def repair(self, edits: Mapping[tuple[str, int], Mapping[str, str]], batch: str = "") -> Path:
        """A book with other cells, by batch and line and by header."""
        book = self.export(batch)
        edit(
            book,
            lambda info, cells: cells.update(edits.get((info["batch"], int(info["line"])), {})),
        )
        return book

    def sends(self, book: Path, day: date = DAY) -> RepairReceipt:
        self.days[:] = [day]
        return resubmit(book, self.home, lang="en")

    def counts(self) -> list[tuple[int, int, int]]:
        return [(g.rows, g.repaired, g.overtaken) for g in groups(self.home)]


def edit(book: Path, change: Callable[[dict[str, str], dict[str, str]], object]) -> None:
    """Change the raw cells of every row, as a person does in Excel."""
    opened: Any = load_workbook(book)
    for sheet in opened.worksheets:
        head = [str(cell.value or "") for cell in sheet[1]]
        for row in sheet.iter_rows(min_row=2):
            info = {k.split()[1]: str(c.value or "") for k, c in zip(INFO, row, strict=False)}
            cells = {
                h: str(c.value or "") for h, c in list(zip(head, row, strict=True))[len(INFO) :]
            }
            before = dict(cells)
            change(info, cells)
            for place, (name, value) in enumerate(cells.items(), start=len(INFO)):
                if value != before[name]:
                    row[place].value = value
    opened.save(book)


def known(office: Office, day: date | None = None) -> list[dict[str, Any]]:
    return office.links(*MEMBER_OF, as_known=day)


def incomes(office: Office) -> set[Any]:
    """The incomes that hold now."""
    return {f["declared_income_yuan"] for f in known(office) if f["valid_to"] is None}


def files_of(home: Path) -> dict[Path, bytes]:
    return {p: p.read_bytes() for p in home.rglob("*") if p.is_file()}

"""Write the pages that are rendered from declarations; ``make docs``.

The tests compare each page with what this would write, so a page cannot age.
"""

from __future__ import annotations

from pathlib import Path

from doudi.detectors.docs import render as detectors
from doudi.graph.schema_docs import render as schema
from doudi.source_page import render as sources

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Write ``schema.md``, ``detectors.md`` and ``sources.md``."""
    (HERE / "schema.md").write_text(schema(), "utf-8")
    (HERE / "detectors.md").write_text(detectors(), "utf-8")
    (HERE / "sources.md").write_text(sources(), "utf-8")


if __name__ == "__main__":
    main()

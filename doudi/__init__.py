"""Doudi (兜底): find contradicted and missed social assistance in a household graph.

>>> import doudi
>>> doudi.__version__
'0.1.0'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doudi.graph.errors import DoudiError
    from doudi.lead import Lead
    from doudi.workspace import Workspace

__version__ = "0.1.0"

_HOMES = {
    "DoudiError": "doudi.graph.errors",
    "Lead": "doudi.lead",
    "Workspace": "doudi.workspace",
}
__all__ = ["DoudiError", "Lead", "Workspace", "__version__"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the public names have different types
    """Load a public name on first use, so that ``import doudi`` stays light."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(name)

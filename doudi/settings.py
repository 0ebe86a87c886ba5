"""Settings of a home folder: ``doudi.toml``, overruled by ``DOUDI_*`` in the environment."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import SettingsError as UnreadVariable

from doudi.graph.errors import TOML, Lang, SettingsError, joined, toml_problem

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from doudi.graph.errors import Pair


class Neo4jSection(BaseModel, extra="forbid"):
    """Where the graph is: our own server unless ``uri`` is given."""

    uri: str = ""
    user: str = "neo4j"
    password: str = ""
    home: str = Field(
        default="", description="an installed Neo4j to run instead of the fetched one"
    )
    java: str = Field(default="", description="a Java 17 or newer to run it on")
    heap: str = "1g"
    pagecache: str = "512m"
    bolt_port: int = Field(default=0, ge=0, le=65535, description="0: any free port of loopback")
    http_port: int = Field(default=0, ge=0, le=65535, description="the same for Neo4j Browser")


class LedgerSection(BaseModel, extra="forbid"):
    """Where decisions are kept: a file in the home unless ``url`` is given."""

    url: str = ""


class LimitsSection(BaseModel, extra="forbid"):
    """What one command may use or let pass."""

    quarantined_share: float = Field(default=0.05, ge=0, le=1, description="share of refused rows")
    query_seconds: float = Field(default=60, gt=0)
    query_rows: int = Field(default=10_000, gt=0)


class Settings(BaseSettings):
    """All settings, with their defaults."""

    model_config = SettingsConfigDict(
        env_prefix="DOUDI_", env_nested_delimiter="_", env_nested_max_split=1, extra="forbid"
    )

    area: str = Field(default="", description="12-digit code of the county; empty: as delivered")
    lang: Lang = "zh"
    capacity: int = Field(
        default=40, gt=0, description="households a township can visit in a month"
    )
    neo4j: Neo4jSection = Neo4jSection()
    ledger: LedgerSection = LedgerSection()
    limits: LimitsSection = LimitsSection()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def read_settings(path: Path) -> Settings:
    """Settings of the file, or the defaults where there is none.

    Raises:
        SettingsError: naming the file or variable, the setting and what it may be.
    """

    class FromFile(Settings):
        """The settings bound to one file."""

        model_config = SettingsConfigDict(toml_file=path)

    try:
        return FromFile()
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            toml_problem(error),
            where=str(path),
            expected=TOML,
            next_step=("改正该文件", "mend the file"),
        ) from None
    except UnreadVariable as error:
        raise _no_table(error) from None
    except ValidationError as error:
        raise SettingsError(
            joined(_problem(problem) for problem in error.errors()),
            where=str(path),
            next_step=("改正该文件或 DOUDI_* 变量", "mend the file or the DOUDI_* variable"),
        ) from None


def _no_table(error: UnreadVariable) -> SettingsError:
    """The error of a variable that stands for a whole section and holds no table."""
    named = re.search(r'field "(\w+)"', str(error))
    section = named[1].upper() if named else "*"
    return SettingsError(
        ("内容不是小节（表）", "it holds no table"),
        where=f"DOUDI_{section}",
        expected=("JSON 对象", "a JSON object"),
        next_step=(
            f"删除该变量，改用 DOUDI_{section}_* 逐项设置",
            f"remove it and set each entry with DOUDI_{section}_*",
        ),
    )


_WRONG = {
    "extra_forbidden": "没有这项设置",
    "finite_number": "应为有限的数",
    "float_parsing": "应为数字",
    "float_type": "应为数字",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "int_from_float": "应为整数",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "less_than_equal": "应不大于 {le}",
    "literal_error": "应为 {expected}",
    "model_type": "应为小节（表）",
    "string_type": "应为文本",
}
"""What pydantic finds, in Chinese; another finding keeps its words."""


def _problem(found: ErrorDetails) -> Pair:
    """One setting that is wrong, and what it may be."""
    name = ".".join(str(part) for part in found["loc"])
    may_be = {k: str(value).replace(" or ", " 或 ") for k, value in found.get("ctx", {}).items()}
    zh = _WRONG.get(found["type"], "{msg}").format(msg=found["msg"], **may_be)
    return f"{name}：{zh}", f"{name}: {found['msg']}"


DEFAULT_FILE = """\
# Settings of this doudi home. DOUDI_* in the environment wins (DOUDI_NEO4J_URI, DOUDI_LANG).
# area = "539901000000"
lang = "zh"
capacity = 40               # households a township can visit in a month

[neo4j]
# uri = "neo4j://db.county.example:7687"   # empty: doudi runs its own server
# home = "..."                             # an installed Neo4j 5.26 to run instead
# java = "..."                             # a Java 17 or newer to run it on
# bolt_port = 7687                         # of our own server, on loopback; 0: any free port
# http_port = 7474                         # the same for Neo4j Browser

[limits]
quarantined_share = 0.05    # above this share of refused rows a load ends with exit code 3
query_seconds = 60
query_rows = 10000
"""

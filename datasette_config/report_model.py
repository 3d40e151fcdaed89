"""A report as YAML: one file is a canned query, a page and an export."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from db.errors import NarrativesError
from db.standing_parts import Part

BUNDLED = Path(__file__).parent / "reports"

#: Parameters that every query may use without declaring them.
GIVEN_PARAMETERS = frozenset({"since", "until", "week", "drawn_from", "before_from", "as_of", "language"})

_PARAMETER = re.compile(r"(?<![:\w]):([a-z_]+)")
_WORD = re.compile(r"[a-z_]+")
_LITERAL = re.compile(r"'(?:[^']|'')*'|--[^\n]*")


#: The same safe loader, in C where PyYAML was built with it: reports are read at every start.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(_Strict):
    """A text that people read, in both languages."""

    fr: str
    en: str

    def say(self, language: str) -> str:
        """Return the text in ``fr`` or ``en``."""
        return self.fr if language == "fr" else self.en


class Parameter(_Strict):
    """A value that the reader chooses."""

    type: Literal["source", "narrative", "partner", "event", "language"]
    label: Bilingual
    required: bool = False
    choices: str | None = Field(
        default=None, description="SQL giving the values that `report --all` builds, the weightiest first"
    )


ColumnKind = Literal[
    "text", "prose", "integer", "decimal", "share", "day", "moment", "voice", "outcome", "language", "level",
    "split", "stance", "status", "claim", "origin", "precision", "quality", "recall", "proportion", "change",
    "spark", "verdict", "source", "narrative", "document", "link", "yes_no", "quoted", "of_texts", "outlet",
    "platform", "property", "country", "made_by"
]  # fmt: skip


class Column(_Strict):
    """A column that readers see; columns of the query that are not listed stay inside."""

    label: Bilingual
    kind: ColumnKind = "text"
    group: Bilingual | None = Field(default=None, description="Heading over neighbours of the same group")
    note: Bilingual | None = None


class Section(_Strict):
    """One query and how its rows are shown."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Bilingual
    intro: Bilingual | None = None
    empty: Bilingual | None = Field(default=None, description="What to say when the query finds nothing")
    sql: str
    columns: dict[str, Column] = {}
    layout: Literal[
        "table",
        "names",
        "facts",
        "figures",
        "changes",
        "turns",
        "phrases",
        "weekly",
        "passages",
        "markers",
        "tidy",
    ] = "table"
    compute: Literal["changes", "turns", "phrases", "before_after", "proportion"] | None = Field(
        default=None, description="Statistics worked out from the rows, see reporting_change"
    )
    compares: Literal["narratives", "stances"] = Field(
        default="narratives", description="What one series of a section of changes stands for"
    )


class Report(_Strict):
    """A report; the file stem is its id."""

    id: str
    title: Bilingual
    description: Bilingual
    parameters: dict[str, Parameter] = {}
    parts: tuple[str, ...] = Field(
        default=(), description="Named queries of reports/parts that every section can select from"
    )
    sections: tuple[Section, ...]
    evidence: str | None = Field(
        default=None, description="SQL giving the document_key of every document behind the figures"
    )

    @model_validator(mode="after")
    def _hangs_together(self) -> "Report":
        ids = [section.id for section in self.sections]
        if len(set(ids)) != len(ids):
            raise ValueError(f"two sections share an id: {sorted(ids)}")
        if [section.layout for section in self.sections].count("tidy") != 1:
            raise ValueError("exactly one section has the layout `tidy`: the rows that exports write")
        for name in self.parts:
            _part(name)
        queries = {f"section {section.id}": self.query(section) for section in self.sections}
        queries["evidence"] = self.evidence_query or ""
        for name in self.parameters:
            queries[f"the choices of {name}"] = self.choices_query(name) or ""
        for name, sql in queries.items():
            if unknown := query_parameters(sql) - GIVEN_PARAMETERS - set(self.parameters):
                raise ValueError(f"{name} uses undeclared parameters {sorted(unknown)}")
        return self

    def query(self, section: Section) -> str:
        """Return the complete SQL of a section; one that starts with a comma adds to the named parts."""
        return self._with_parts(section.sql)

    @property
    def evidence_query(self) -> str | None:
        """Return the complete SQL that names the documents behind the report, or None."""
        return None if self.evidence is None else self._with_parts(self.evidence)

    def choices_query(self, name: str) -> str | None:
        """Return the complete SQL that gives the values of a parameter, or None."""
        choices = self.parameters[name].choices
        return None if choices is None else self._with_parts(choices)

    def parts_of(self, sql: str) -> list[Part]:
        """Return the parts that a query rests on, each after those it rests on itself."""
        return [_described(name, self.parts) for name in _needed_parts(sql.strip(), self.parts)]

    def _with_parts(self, sql: str) -> str:
        own = sql.strip()
        needed = _needed_parts(own, self.parts)
        if not needed:
            return own if not own.startswith(",") else over_parts(own)
        named = ",\n".join(f"{name} as (\n{_part(name)}\n)" for name in needed)
        return f"with recursive {named}\n{own}"

    @property
    def part_texts(self) -> dict[str, str]:
        """Return the SQL of the named parts, in the order in which a query begins with those it needs."""
        return {name: _part(name) for name in self.parts}

    @property
    def tidy(self) -> Section:
        """Return the section that exports write row by row."""
        return next(section for section in self.sections if section.layout == "tidy")


@cache
def _part(name: str) -> str:
    path = BUNDLED / "parts" / f"{name}.sql"
    if not path.is_file():
        known = ", ".join(sorted(found.stem for found in path.parent.glob("*.sql")))
        raise ValueError(f"there is no part {name!r}; the parts are {known}")
    return path.read_text(encoding="utf-8").strip()


@cache
def _described(name: str, parts: tuple[str, ...]) -> Part:
    own = frozenset(query_parameters(_part(name)))
    below = (query_parameters(_part(found)) for found in _needed_parts(_part(name), parts))
    return Part(name, _part(name), own, own.union(*below))


def _needed_parts(sql: str, parts: Sequence[str]) -> list[str]:
    """Return those of the parts that a query names, or that a part it names does, in declared order."""
    needed: set[str] = set()
    texts = [sql]
    while texts:
        words = set(_WORD.findall(_LITERAL.sub("''", texts.pop())))
        for name in words.intersection(parts) - needed:
            needed.add(name)
            texts.append(_part(name))
    return [name for name in parts if name in needed]


def over_parts(sql: str) -> str:
    """Return a section's SQL to run where its parts stand as tables."""
    own = sql.strip()
    return f"with recursive {own[1:].lstrip()}" if own.startswith(",") else own


def query_parameters(sql: str) -> set[str]:
    """Return the names of the ``:parameters`` in a query, outside literals and comments."""
    return set(_PARAMETER.findall(_LITERAL.sub("''", sql)))


def load_reports(folders: Sequence[Path] = ()) -> dict[str, Report]:
    """Return the bundled reports and those of further folders by id; a later folder replaces an id."""
    found: dict[str, Report] = {}
    for folder in (BUNDLED, *folders):
        if not folder.is_dir():
            raise NarrativesError(
                f"Reports folder not found: {folder}. Correct `reports` in narratives.toml."
            )
        for path in sorted(folder.glob("*.yml")):
            found[path.stem] = _load(path)
    return found


def _load(path: Path) -> Report:
    try:
        content: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - both are safe
        if not isinstance(content, dict):
            raise NarrativesError(f"{path.name}: a report is a mapping with title, description and sections.")
        return Report.model_validate({**content, "id": path.stem})
    except yaml.YAMLError as error:
        raise NarrativesError(f"{path.name} is not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "report"
        raise NarrativesError(f"{path.name}: {place}: {first['msg']}") from error

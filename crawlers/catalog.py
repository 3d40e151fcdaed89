"""The source catalogue: one YAML file per source, the file stem is its id."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import yaml
from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from crawlers.platform_addresses import SOCIAL_PLATFORMS, polled_address
from db.errors import NarrativesError

BUNDLED_FOLDER = Path(__file__).parent / "sources"

Platform = Literal[
    "feed", "sitemap", "wordpress", "page", "listing", "warc", "import",
    "telegram", "mastodon", "bluesky", "youtube",
]  # fmt: skip
#: What a source is by its form. ``state`` is print or web press that a state owns; agencies and
#: broadcasters of any owner are ``agency`` and ``broadcaster``. Who owns what is a cited statement.
Kind = Literal[
    "state", "private", "aggregator", "broadcaster", "agency", "official", "fact-checker",
    "think-tank", "organisation", "forum", "blog",
]  # fmt: skip
PartialDate = Annotated[
    str, StringConstraints(pattern=r"^(19|20)\d\d(-(0[1-9]|1[0-2])(-([0-2]\d|3[01]))?)?$")
]
_WEB_PATTERN = r"^https?://[^\s/]+\.[^\s]+$"
WebAddress = Annotated[str, StringConstraints(pattern=_WEB_PATTERN, max_length=2048)]
_ID = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


@cache
def _timezones() -> frozenset[str]:
    """Return the names of all time zones; finding them reads hundreds of files."""
    return frozenset(available_timezones())


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Statement(_Entry):
    """What somebody says about a source; a report of a statement, never the project's own finding."""

    property: Literal["owner", "funding", "alignment", "suspension", "sanction", "certification"]
    value: str = Field(min_length=1, description="What is stated, in one sentence")
    stated_by: str = Field(min_length=1, description="Who says so; `X, via Y` when read on another page")
    url: WebAddress | None = Field(
        default=None, description="Page that carries the statement; never invented"
    )
    stated_at: PartialDate | None = Field(default=None, description="Day, month or year of the statement")
    status: Literal["cited", "uncited", "disputed"]
    valid_from: PartialDate | None = Field(default=None, description="First day of what is stated")
    valid_to: PartialDate | None = Field(default=None, description="Last day of what is stated")
    note: str | None = Field(default=None, description="Who contradicts it, and other reservations")
    value_fr: str | None = Field(default=None, description="`value` in French, for French pages")
    stated_by_fr: str | None = Field(default=None, description="`stated_by` in French, where it differs")
    note_fr: str | None = Field(default=None, description="`note` in French")

    @model_validator(mode="after")
    def _status_fits(self) -> "Statement":
        if (self.status == "uncited") != (self.url is None):
            raise ValueError("a statement is `uncited` exactly when it has no url")
        if self.status == "disputed" and not self.note:
            raise ValueError("a `disputed` statement names in `note` who disputes it")
        return self


class Selectors(_Entry):
    """Where a listing page keeps its articles, in CSS; needed only where finding them by rule goes wrong."""

    item: str = Field(min_length=1, description="One element per article")
    link: str = Field(default="a", min_length=1, description="Its link, inside the item")
    date: str | None = Field(default=None, description="Its date, inside the item: an attribute or its words")

    @model_validator(mode="after")
    def _readable(self) -> "Selectors":
        for selector in filter(None, (self.item, self.link, self.date)):
            try:
                CSSSelector(selector)
            except SelectorError as error:
                raise ValueError(f"{selector!r} is no CSS selector: {error}") from error
        return self


class FrozenPage(_Entry):
    """One article page kept beside the YAML, so that a change of extraction or of the site shows."""

    file: str = Field(pattern=r"^frozen/[a-z0-9-]+\.html\.gz$", description="Path beside the YAML file")
    url: WebAddress = Field(description="Where it was read")
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="Of the page's bytes, decompressed"
    )
    captured_at: str = Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", description="When it was read")
    title: str | None = Field(default=None, description="The title that was found in it")
    published: str | None = Field(default=None, description="The date that was found in it")
    characters: int = Field(ge=0, description="The length of the text that was found in it")


class Assertions(_Entry):
    """What a healthy run yields at least."""

    min_items: int = Field(default=1, ge=0, description="Items in the feed, sitemap or answer")


class Source(_Entry):
    """One place on the web that publishes; a crawl reads nothing else about it than this."""

    id: str = Field(description="The file stem; not written in the file")
    title: str = Field(min_length=1, description="Name of the outlet as readers know it")
    platform: Platform = Field(description="How it is read: one spider per platform")
    url: WebAddress | None = Field(default=None, description="Feed, sitemap, API root or page to start from")
    language: Literal["fr", "en", "bm", "other"] | None = Field(description="Main language of its texts")
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = Field(
        default=None, description="ISO 3166 code of its seat"
    )
    timezone: str = Field(default="UTC", description="IANA zone in which its times without zone are read")
    kind: Kind
    enabled: bool = Field(description="Whether a scheduled crawl visits it")
    disabled_reason: str | None = Field(default=None, description="Why it is not visited, for people")
    disabled_reason_fr: str | None = Field(default=None, description="The same in French, for French pages")
    republish: bool = Field(default=False, description="Whether its full text may be published")
    quotable: bool = Field(default=True, description="Whether reports may quote short passages of it")
    fictional: bool = Field(default=False, description="An invented outlet of tests and demo")
    hosts: tuple[str, ...] = Field(
        default=(), description="Host names of its articles when not that of `url`"
    )
    unverified_hosts: tuple[str, ...] = Field(
        default=(),
        description="Host names that are read though their certificate fails; every row of theirs says so",
    )
    aliases: tuple[str, ...] = Field(default=(), description="Other names under which imports call it")
    statements: tuple[Statement, ...] = ()
    asserts: Assertions = Assertions()
    grade: Literal["A", "B", "C", "D"] | None = Field(
        default=None,
        description="How sure published evidence is of the address: A a dated audit or many lists, D none",
    )
    selectors: Selectors | None = Field(default=None, description="For platform listing")
    frozen: FrozenPage | None = Field(default=None, description="Written by `narratives sources new`")
    notes: str | None = Field(default=None, description="What somebody who repairs it should know")

    @model_validator(mode="after")
    def _consistent(self) -> "Source":
        if not _ID.match(self.id):
            raise ValueError(f"file name {self.id!r}: use small letters, digits and single hyphens")
        if self.timezone not in _timezones():
            raise ValueError(f"timezone {self.timezone!r} is not an IANA name such as Africa/Bamako")
        if self.enabled and (self.url is None or self.disabled_reason):
            raise ValueError("an enabled source has a url and no disabled_reason")
        if not self.enabled and not self.disabled_reason:
            raise ValueError("a disabled source says why in disabled_reason")
        if self.selectors and self.platform != "listing":
            raise ValueError("selectors belong to platform listing")
        if self.enabled and self.url:
            polled_address(self.platform, self.url)
        return self

    @property
    def article_hosts(self) -> tuple[str, ...]:
        """Host names, without ``www.``, on which its articles live; none where everybody posts."""
        own = self.url if self.platform not in SOCIAL_PLATFORMS else None
        stated = self.hosts or ((urlsplit(own).hostname or "",) if own else ())
        return tuple(host.lower().removeprefix("www.") for host in stated if host)


def source_files(folders: Sequence[Path], bundled: bool) -> list[Path]:
    """Return the YAML files of the catalogue, bundled ones first, each folder in name order."""
    chosen = ([BUNDLED_FOLDER] if bundled else []) + list(folders)
    for folder in chosen:
        if not folder.is_dir():
            raise NarrativesError(
                f"The source folder {folder} does not exist. "
                "Create it, or correct `sources` in narratives.toml."
            )
    return [path for folder in chosen for path in sorted(folder.glob("*.yml"))]


def read_source(path: Path) -> tuple[Source | None, list[str]]:
    """Read one file; return the source, or None and every problem found, each naming file and field."""
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        return None, [f"{path}: not readable as YAML: {_yaml_fault(error)}"]
    if not isinstance(content, dict):
        return None, [
            f"{path}: expected a mapping with title, platform, url ..., found {type(content).__name__}"
        ]
    if "id" in content:
        return None, [f"{path}: id: remove it, the file name is the id"]
    try:
        return Source.model_validate({**content, "id": path.stem}), []
    except ValidationError as error:
        return None, [
            f"{path}: {'.'.join(str(part) for part in problem['loc']) or 'source'}: {_field_fault(problem)}"
            for problem in error.errors()
        ]


def _yaml_fault(error: Exception) -> str:
    """Say on one line where the file stops being YAML."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return " ".join(str(error).split())
    return f"line {mark.line + 1}, column {mark.column + 1}: {getattr(error, 'problem', error)}"


def _field_fault(problem: Mapping[str, Any]) -> str:
    """Say what is wrong with a field, and with which value."""
    if problem["type"] == "extra_forbidden":
        return "there is no such field; see crawlers/README.md"
    said, value = str(problem["msg"]).removeprefix("Value error, "), problem["input"]
    if problem["type"] == "string_pattern_mismatch" and problem["ctx"]["pattern"] == _WEB_PATTERN:
        said = "expected a web address such as https://journal.example/feed"
    return f"{said}, found {value!r:.80}" if isinstance(value, (str, int, float, bool)) else said


def check_catalogue(folders: Sequence[Path], bundled: bool) -> tuple[dict[str, Source], list[str]]:
    """Read the whole catalogue and return the sound sources by id with every problem found."""
    found: dict[str, Source] = {}
    problems: list[str] = []
    origin: dict[str, Path] = {}
    for path in source_files(folders, bundled):
        source, faults = read_source(path)
        problems += faults
        if source is None:
            continue
        if source.id in found:
            problems.append(f"{path}: id {source.id!r} is already taken by {origin[source.id]}; rename one")
            continue
        found[source.id] = source
        origin[source.id] = path
    return found, problems + _shared_names(found)


def load_catalogue(folders: Sequence[Path], bundled: bool) -> dict[str, Source]:
    """Return the catalogue by id; raise with every problem when one file is not sound."""
    found, problems = check_catalogue(folders, bundled)
    if problems:
        listed = "\n  ".join(problems)
        raise NarrativesError(
            f"The source catalogue has {len(problems)} problem(s). "
            f"Correct them, then run `narratives sources check`:\n  {listed}"
        )
    return found


def name_key(name: str) -> str:
    """Return what two spellings of an outlet's name share: letters and digits, no accents, lower case."""
    decomposed = unicodedata.normalize("NFKD", name.lower())
    return "".join(character for character in decomposed if character.isalnum())


def sources_by_name(catalogue: Mapping[str, Source]) -> dict[str, str]:
    """Return the source id under every name that a source goes by, keyed with :func:`name_key`."""
    return {
        name_key(name): source.id
        for source in catalogue.values()
        for name in (source.id, source.title, *source.aliases)
    }


def _shared_names(catalogue: Mapping[str, Source]) -> list[str]:
    owners: dict[str, str] = {}
    problems = []
    for source in catalogue.values():
        for key in {name_key(name) for name in (source.id, source.title, *source.aliases)}:
            if owners.setdefault(key, source.id) != source.id:
                problems.append(
                    f"{source.id}: the name {key!r} also belongs to {owners[key]}; "
                    "an import could not tell them apart"
                )
    return problems

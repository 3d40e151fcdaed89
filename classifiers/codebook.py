"""The codebook: one narrative per YAML file, checked, ordered, and known by the hash of its content."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from classifiers.pattern_syntax import PatternError, parse_pattern
from classifiers.vocabulary import group_problems, read_yaml, vocabulary
from db.errors import NarrativesError
from db.reference import families, partners

BUNDLED = Path(__file__).parent / "codebook"
#: What an id looks like: lower-case words joined by hyphens.
ID_FORM = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(_Part):
    """A text in both languages of the project."""

    fr: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Exclusion(Bilingual):
    """What looks like the narrative and is not."""

    where: str | None = Field(
        default=None, description="Narrative that takes the passage; null: no code at all"
    )


class Example(_Part):
    """A passage written for the codebook; nobody said or printed it."""

    text: str = Field(min_length=1)
    language: Literal["fr", "en"]
    voice: Literal["own", "attributed", "rejected"] = Field(description="Whose words they are")


class Patterns(_Part):
    """Patterns in the language of :func:`classifiers.pattern_syntax.parse_pattern`."""

    fr: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


class Narrative(_Part):
    """A frame that a passage may advance, report or reject; never a verdict on truth or sincerity."""

    id: str = Field(pattern=ID_FORM, description="The stem of the file name; stable")
    title: Bilingual = Field(description="A few words for charts and tables")
    definition: Bilingual = Field(description="The claim that the text makes about a named actor")
    family: str = Field(description="Entry of families.yml")
    kind: Literal["grievance", "legitimation", "accusation", "counter"]
    partners: Mapping[str, Literal[-1, 0, 1]] = Field(
        description="Entry of partners.yml -> stance of the narrative towards it; {} when it names none"
    )
    falsifiable: bool = Field(description="Whether the narrative contains a checkable claim")
    status: Literal["core", "experimental"] = Field(
        description="Experimental narratives are shown but stay out of trend charts until measured"
    )
    include: tuple[Bilingual, ...] = Field(min_length=1, description="What is coded")
    exclude: tuple[Exclusion, ...] = Field(default=(), description="What is not, and where it goes")
    near_misses: tuple[str, ...] = Field(default=(), description="Narratives that coders confuse it with")
    examples: tuple[Example, ...] = Field(min_length=1, description="Own words, in every voice")
    words: Mapping[str, tuple[str, ...]] = Field(
        default_factory=dict, description="Groups of words for the patterns of this narrative alone"
    )
    patterns: Patterns = Field(default=Patterns(), description="How the frame is worded")
    denials: Patterns = Field(
        default=Patterns(), description="How the frame is worded by those who deny or mock it"
    )
    notes: str | None = Field(default=None, description="For maintainers; shown nowhere")


@dataclass(frozen=True)
class Codebook:
    """Checked narratives by id: core ones first, then by family and id."""

    narratives: Mapping[str, Narrative]
    vocabulary: Mapping[str, tuple[str, ...]]

    @cached_property
    def version(self) -> str:
        """Return 12 hex digits of the SHA-256 of all that decides about a label.

        Titles, maintainers' notes, file order and the way the YAML is written do not count.
        """
        content = {
            "narratives": {
                narrative.id: _canonical(narrative.model_dump(mode="json", exclude={"title", "notes"}))
                for narrative in self.narratives.values()
            },
            "vocabulary": {name: sorted(terms) for name, terms in self.vocabulary.items()},
            "partners": {
                name: sorted({*partner.aliases_fr, *partner.aliases_en})
                for name, partner in partners().items()
            },
        }
        written = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(written.encode("utf-8")).hexdigest()[:12]

    def records(self) -> list[dict[str, Any]]:
        """Return the narratives as :func:`db.codebook.sync_codebook` takes them."""
        return [
            narrative.model_dump(mode="json", exclude={"words", "patterns", "denials", "notes"})
            for narrative in self.narratives.values()
        ]


def load_codebook(folders: Sequence[Path] = ()) -> Codebook:
    """Read the bundled narratives and those of further folders.

    Raises NarrativesError that lists everything that is wrong.
    """
    codebook, problems = read_codebook(folders)
    if problems:
        raise NarrativesError(
            "The codebook cannot be used:\n  "
            + "\n  ".join(problems)
            + "\nCorrect the files, then run `narratives codebook check`."
        )
    return codebook


def read_codebook(folders: Sequence[Path] = ()) -> tuple[Codebook, list[str]]:
    """Read what can be read; return it with one line for every problem, each naming its file."""
    problems: list[str] = []
    found: dict[str, tuple[Path, Narrative]] = {}
    for folder in (BUNDLED, *folders):
        if not folder.is_dir():
            problems.append(f"{folder}: no such folder; correct `codebook` in narratives.toml")
        for path in sorted(folder.glob("*.yml")):
            narrative = _read(path, problems)
            if narrative is None:
                continue
            if narrative.id in found:
                problems.append(f"{path}: {narrative.id} is already defined in {found[narrative.id][0]}")
            else:
                found[narrative.id] = path, narrative
    for path, narrative in found.values():
        problems.extend(f"{path}: {problem}" for problem in _problems(narrative, found))
    family_order = {name: position for position, name in enumerate(families())}
    ordered = sorted(
        (narrative for _, narrative in found.values()),
        key=lambda one: (one.status != "core", family_order.get(one.family, 99), one.id),
    )
    return Codebook({one.id: one for one in ordered}, vocabulary()), problems


def _read(path: Path, problems: list[str]) -> Narrative | None:
    try:
        content = read_yaml(path)
        if not isinstance(content, dict):
            problems.append(f"{path}: must be a mapping of fields; see `narratives codebook new`")
            return None
        if "id" in content:
            problems.append(f"{path}: has a field `id`; the id is the file name, {path.stem}")
            return None
        return Narrative.model_validate({**content, "id": path.stem})
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problems.append(f"{path}: is not YAML: {' '.join(str(error).split())}")
    except ValidationError as error:
        for one in error.errors():
            where = ".".join(str(part) for part in one["loc"])
            problems.append(f"{path}: {where}: {one['msg']} (found {one['input']!r:.80})")
    return None


def _problems(narrative: Narrative, found: Mapping[str, object]) -> Iterator[str]:
    if narrative.family not in families():
        yield f"unknown family {narrative.family!r}; one of {', '.join(families())}"
    for partner in narrative.partners:
        if partner not in partners():
            yield f"unknown partner {partner!r}; add it to partners.yml or take one that is there"
    targets = {exclusion.where for exclusion in narrative.exclude if exclusion.where}
    for other in sorted({*narrative.near_misses, *targets}):
        if other not in found:
            yield f"names the unknown narrative {other!r}"
        elif other == narrative.id:
            yield "names itself as a near miss or exclusion"
    yield from _pattern_problems(narrative)


def _pattern_problems(narrative: Narrative) -> Iterator[str]:
    groups = {**vocabulary(), **narrative.words}
    for name in narrative.words:
        if name in vocabulary():
            yield f"the group {name!r} of `words` is already in vocabulary.yml; give it another name"
        else:
            yield from group_problems(name, groups)
    used = {item[1:-1] for terms in narrative.words.values() for item in terms if item.startswith("{")}
    seen: set[str] = set()
    for written in chain.from_iterable((*one.fr, *one.en) for one in (narrative.patterns, narrative.denials)):
        if written in seen:
            yield f"pattern {written!r} stands twice; once is enough for both languages"
        seen.add(written)
        try:
            names = parse_pattern(written).groups()
        except PatternError as error:
            yield f"pattern: {error}"
            continue
        used |= names
        for name in sorted(names):
            if name.removeprefix("@") not in (partners() if name.startswith("@") else groups):
                yield f"pattern {written!r} names the unknown group {name!r}"
    for name in sorted(narrative.words.keys() - used):
        yield f"no pattern uses the group {name!r} of `words`; use it or take it out"


def _canonical(value: Any) -> Any:
    """Sort what has no order of its own, so that only content is hashed."""
    if isinstance(value, dict):
        return {key: _canonical(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return sorted(
            (_canonical(inner) for inner in value), key=lambda inner: json.dumps(inner, sort_keys=True)
        )
    return value

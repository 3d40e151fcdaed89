"""Groups of words that patterns of several narratives share: one group per entry of ``vocabulary.yml``."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from classifiers.lexicon import TermError, expand
from db.errors import NarrativesError
from db.reference import partners

PATH = Path(__file__).parent / "vocabulary.yml"
#: Only reading that knows no tags; the parser of libyaml where there is one, as it is ten times faster.
SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Group(BaseModel):
    """Words that say the same thing in a pattern."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    includes: tuple[str, ...] = Field(
        default=(), description="Groups, or partners as @france, whose words belong to this group as well"
    )
    fr: tuple[str, ...] = Field(default=(), description="French terms")
    en: tuple[str, ...] = Field(default=(), description="English terms")

    def terms(self) -> tuple[str, ...]:
        """Return what the group holds; an included group stands as ``{name}``."""
        return (*(f"{{{name}}}" for name in self.includes), *self.fr, *self.en)


def read_yaml(path: Path) -> Any:
    """Read a file of plain YAML. Raises yaml.YAMLError and UnicodeDecodeError."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=SAFE_LOADER)  # noqa: S506


@cache
def vocabulary() -> Mapping[str, tuple[str, ...]]:
    """Return the bundled groups by name. Raises NarrativesError with everything that is wrong."""
    content = read_yaml(PATH)
    try:
        groups = TypeAdapter(dict[str, Group]).validate_python(content)
    except ValidationError as error:
        raise NarrativesError(f"{PATH}: {error}") from error
    result = {name: group.terms() for name, group in groups.items()}
    if problems := [problem for name in result for problem in group_problems(name, result)]:
        raise NarrativesError(f"{PATH}: " + "; ".join(problems))
    return result


def group_problems(name: str, groups: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield what is wrong with a group: terms, unknown names, a group that includes itself."""
    for item in groups[name]:
        if item.startswith("{"):
            included = item[1:-1]
            if included.startswith("@") and included[1:] not in partners():
                yield f"group {name} includes the unknown partner {included}"
            elif not included.startswith("@") and included not in groups:
                yield f"group {name} includes the unknown group {included}"
            continue
        try:
            expand(item)
        except TermError as error:
            yield f"group {name}: {error}"
    if name in _reachable(name, groups):
        yield f"group {name} includes itself"


def _reachable(name: str, groups: Mapping[str, tuple[str, ...]]) -> set[str]:
    seen: set[str] = set()
    open_names = [name]
    while open_names:
        for item in groups.get(open_names.pop(), ()):
            included = item[1:-1] if item.startswith("{") else None
            if included is not None and included not in seen:
                seen.add(included)
                open_names.append(included)
    return seen

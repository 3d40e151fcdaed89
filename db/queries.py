"""Ready queries over a publication: what readers often ask, as reviewed SQL with typed parameters."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from db.errors import NarrativesError

_PATH = Path(__file__).parent / "reference" / "queries.yml"


class ReadyQuery(BaseModel):
    """A question in both languages and the SQL that answers it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fr: str
    en: str
    sql: str


@cache
def ready_queries() -> Mapping[str, ReadyQuery]:
    """Return the queries by name, in the order of the file."""
    content = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    try:
        return TypeAdapter(dict[str, ReadyQuery]).validate_python(content)
    except ValidationError as error:
        raise NarrativesError(f"{_PATH}: {error}") from error

"""What belongs to one deployment: ``narratives.toml`` beside the database."""

import os
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError

from db.errors import NarrativesError

CONFIG_VARIABLE = "NARRATIVES_CONFIG"
CONFIG_NAME = "narratives.toml"


class Deployment(BaseModel):
    """The settings of one installation; relative paths count from the folder of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contact: str | None = Field(
        default=None, description="A page or an address of the project, sent in the user agent"
    )
    base_url: HttpUrl | None = Field(
        default=None, description="Public address of the publication, for feeds and reports"
    )
    policy: Path | None = Field(
        default=None, description="Policy file: controller, purpose, legal ground, retention, contact"
    )
    sources: tuple[Path, ...] = Field(default=(), description="Folders with further source YAML files")
    bundled_sources: bool = Field(default=True, description="Whether the bundled catalogue is used as well")
    codebook: tuple[Path, ...] = Field(default=(), description="Folders with further narrative YAML files")
    reports: tuple[Path, ...] = Field(default=(), description="Folders with further report YAML files")
    models: Path = Field(default=Path("models"), description="Where trained models are kept")
    evidence: Path = Field(default=Path("evidence"), description="Where WARC files are kept")
    pseudonym_key: Path = Field(
        default=Path("pseudonym.key"),
        description="Key of authors' pseudonyms; mode 0600, made when first needed",
    )
    source_checks: Path = Field(
        default=Path("source-checks.jsonl"), description="What `sources check` has seen of live addresses"
    )
    loopback: dict[str, int] = Field(
        default_factory=dict,
        description="Test and demo hosts -> port on 127.0.0.1; empty in a real deployment",
    )


def load_deployment(database: Path | None = None, config: Path | None = None) -> Deployment:
    """Read the settings that apply to a database.

    Order: ``config``, ``$NARRATIVES_CONFIG``, ``narratives.toml`` beside the database (or in the
    working folder when no database is given), else the defaults. Paths come back absolute.
    """
    named = config or (Path(value) if (value := os.environ.get(CONFIG_VARIABLE)) else None)
    if named is not None and not named.is_file():
        raise NarrativesError(f"Settings file not found: {named}. Correct --config or ${CONFIG_VARIABLE}.")
    folder = (database.parent if database is not None else Path.cwd()).resolve()
    path = named or folder / CONFIG_NAME
    if not path.is_file():
        return _absolute(Deployment(), folder)
    try:
        settings = Deployment.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc'])}: {_fault(fault['type'], fault['msg'])}"
            for fault in error.errors()
        )
        raise NarrativesError(f"{path} cannot be used: {faults}. Correct the file.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NarrativesError(f"{path} is not readable as TOML: {error}. Correct the file.") from error
    return _absolute(settings, path.resolve().parent)


def _fault(kind: str, said: str) -> str:
    if kind == "extra_forbidden":
        return f"there is no such setting; there are {', '.join(Deployment.model_fields)}"
    return said


def _absolute(settings: Deployment, folder: Path) -> Deployment:
    return settings.model_copy(
        update={
            "policy": folder / settings.policy if settings.policy else None,
            "sources": tuple(folder / path for path in settings.sources),
            "codebook": tuple(folder / path for path in settings.codebook),
            "reports": tuple(folder / path for path in settings.reports),
            "models": folder / settings.models,
            "evidence": folder / settings.evidence,
            "pseudonym_key": folder / settings.pseudonym_key,
            "source_checks": folder / settings.source_checks,
        }
    )

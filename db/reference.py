"""Reference data that people edit as YAML: partners, narrative families, events."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from sqlite_utils import Database

from db.errors import NarrativesError

_FOLDER = Path(__file__).parent / "reference"

#: Partner ids that name no foreign partner and so are never rows of ``partners``.
NOT_A_PARTNER = frozenset({"general"})


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    fr: str
    en: str


class Partner(_Entry):
    """A state, an organisation or a bloc that texts speak of."""

    kind: Literal["state", "organisation", "bloc"]
    #: ``home`` is the country whose partnerships are watched; a text that names neither it nor its region is
    #: about something else, and so is one that speaks above all of a ``neighbour``.
    place: Literal["home", "region", "neighbour"] | None = None
    aliases_fr: tuple[str, ...] = ()
    aliases_en: tuple[str, ...] = ()


class Family(_Entry):
    """The coarse level of the codebook."""

    definition_fr: str
    definition_en: str


class Event(_Entry):
    """A dated event that charts mark; ``starts_on`` is a day or, where pages give no day, a month."""

    starts_on: str = Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])(-([0-2]\d|3[01]))?$")
    partners: tuple[str, ...]
    kind: str
    certainty: Literal["cited", "unverified"]
    url: str | None = None
    cited_as: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _cited_means_a_page(self) -> "Event":
        if (self.certainty == "cited") != (self.url is not None):
            raise ValueError("an event is `cited` exactly when it has a url")
        return self


@cache
def partners() -> Mapping[str, Partner]:
    """Return the partners by id, in catalogue order."""
    return _load("partners", Partner)


@cache
def families() -> Mapping[str, Family]:
    """Return the narrative families by id, in catalogue order."""
    return _load("families", Family)


@cache
def events() -> Mapping[str, Event]:
    """Return the events by id, in catalogue order."""
    found = _load("events", Event)
    for event_id, event in found.items():
        if unknown := set(event.partners) - set(partners()) - NOT_A_PARTNER:
            raise NarrativesError(
                f"events.yml: {event_id} names unknown partners {sorted(unknown)}. Add them to partners.yml."
            )
    return found


def sync_reference(db: Database) -> None:
    """Bring the rows of ``partners``, ``narrative_families``, ``events`` in line with the YAML.

    Must run inside a transaction. Partners and families are never deleted: labels may point at them.
    Events are exactly those of the YAML.
    """
    for position, (partner_id, partner) in enumerate(partners().items()):
        db.table("partners").upsert(
            {
                "partner_id": partner_id,
                "title_fr": partner.fr,
                "title_en": partner.en,
                "kind": partner.kind,
                "position": position,
            },
            pk="partner_id",
        )
    for position, (family_id, family) in enumerate(families().items()):
        db.table("narrative_families").upsert(
            {
                "family_id": family_id,
                "title_fr": family.fr,
                "title_en": family.en,
                "definition_fr": family.definition_fr,
                "definition_en": family.definition_en,
                "position": position,
            },
            pk="family_id",
        )
    db.execute("delete from event_partners")
    gone = {row["event_id"] for row in db.query("select event_id from events")} - set(events())
    for event_id in gone:
        db.execute("delete from events where event_id = ?", [event_id])
    for event_id, event in events().items():
        db.table("events").upsert(
            {
                "event_id": event_id,
                "starts_on": event.starts_on if len(event.starts_on) == 10 else f"{event.starts_on}-01",
                "precision": "day" if len(event.starts_on) == 10 else "month",
                "title_fr": event.fr,
                "title_en": event.en,
                "kind": event.kind,
                "certainty": event.certainty,
                "url": event.url,
                "cited_as": event.cited_as,
            },
            pk="event_id",
        )
        for partner_id in event.partners:
            if partner_id not in NOT_A_PARTNER:
                db.table("event_partners").upsert(
                    {"event_id": event_id, "partner_id": partner_id}, pk=("event_id", "partner_id")
                )


_Model = TypeVar("_Model", bound=_Entry)


def _load(name: str, model: type[_Model]) -> dict[str, _Model]:
    path = _FOLDER / f"{name}.yml"
    content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        return TypeAdapter(dict[str, model]).validate_python(content)  # type: ignore[valid-type]
    except ValidationError as error:
        raise NarrativesError(f"{path}: {error}") from error

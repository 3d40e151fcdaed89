"""What Datasette's own pages (tables, rows, queries) need to speak our languages."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pluggy
from datasette.utils.asgi import Request

from datasette_config.metadata import column_description, table_description
from datasette_config.page_wording import Wording
from datasette_config.pages.site import ask, site_of
from db.reading.choices import choices
from db.reading.overview import about

if TYPE_CHECKING:  # Datasette loads this package while it imports itself
    from datasette.app import Datasette

hookimpl = pluggy.HookimplMarker("datasette")

_OWN_VIEWS = ("narratives",)


@hookimpl
def extra_template_vars(
    datasette: "Datasette", request: Request | None, view_name: str | None, template: str
) -> Any:
    """Give Datasette's templates the site, the words and the descriptions; our own pages bring theirs."""
    if request is None or view_name in _OWN_VIEWS:
        return {}

    async def variables() -> dict[str, Any]:
        site = site_of(datasette, request)
        language = site.language
        offered = await ask(datasette, choices) if template == "query.html" else {}
        return {
            **site.context(),
            "facts": await ask(datasette, about),
            "described_table": lambda table: table_description(table, language),
            "described_column": lambda table, column: column_description(table, column, language),
            "parameter_choices": _parameter_choices(offered, language),
        }

    return variables


@hookimpl
def render_cell(value: Any, column: str, table: str | None) -> str | None:
    """Show long values cut; Datasette escapes what is returned, and None leaves the value to it."""
    if (
        isinstance(value, str)
        and len(value) > 400
        and column in ("svg", "spec", "html", "card", "text", "folded")
    ):
        return f"{value[:400]}…"
    return None


def _parameter_choices(
    offered: dict[str, list[dict[str, Any]]], language: str
) -> Callable[[str], list[tuple[str, str]]]:
    """Return what a parameter of a ready query offers: (value, words); empty for one that is typed in."""
    say = Wording(language)
    titled = {"narrative": "narratives", "partner": "partners", "event": "events", "family": "families"}
    words = {
        "voice": [(voice, say(f"voice_{voice}")) for voice in ("own", "attributed", "rejected")],
        "language": [(code, say(f"lang_{code}")) for code in ("fr", "en")],
        "stance": [(stance, say(f"stance_{stance}")) for stance in ("-1", "1")],
    }

    def choose(name: str) -> list[tuple[str, str]]:
        if name in titled:
            rows = offered.get(titled[name], [])
            return [(row[f"{name}_id"], row[f"title_{language}"]) for row in rows]
        if name == "source":
            known = [(row["source_id"], row["title"]) for row in offered.get("sources", [])]
            return [("", say("any")), *known]
        if name == "kind":
            return [
                (row["kind"], say.known(f"kind_{row['kind']}", row["kind"]))
                for row in offered.get("kinds", [])
            ]
        return words.get(name, [])

    return choose

"""JSON: every section's rows with the query that gave them, and the tidy data."""

import json

from datasette_config.export.findings import findings
from datasette_config.export.provenance import notices, stamp, title
from datasette_config.reporting import BuiltReport, json_ready


def render(built: BuiltReport) -> bytes:
    """Return the whole report as one JSON object, keys in a fixed order."""
    content = {
        **stamp(built),
        "title": title(built),
        "week": built.period.week.isoformat(),
        "parameters": dict(built.parameters),
        "about": dict(built.about),
        "findings": findings(built),
        "notices": notices(built),
        "sections": [
            {
                "id": found.section.id,
                "title": found.section.title.say(built.language),
                "sql": found.sql,
                "rows": [{name: json_ready(value) for name, value in row.items()} for row in found.rows],
            }
            for found in built.sections
        ],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")

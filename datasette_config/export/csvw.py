"""What a CSV file cannot say of itself, beside it: columns, query, coverage (W3C, CSV on the Web, 2015)."""

import json
from typing import Any

from datasette_config.export.csv import tidy_rows
from datasette_config.export.provenance import notices, stamp, title
from datasette_config.reporting import BuiltReport

#: Where programs look for it: beside ``<name>.csv``.
METADATA_SUFFIX = "-metadata.json"


def render(built: BuiltReport, file_name: str) -> bytes:
    """Return the description of a CSV file of this report."""
    header, rows = tidy_rows(built)
    content = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": built.language}],
        "url": file_name,
        "dc:title": title(built),
        "dc:description": " ".join(notices(built)),
        "dc:provenance": {**stamp(built), "query": built.report.query(built.report.tidy)},
        "dialect": {"encoding": "utf-8", "lineTerminators": ["\r\n"], "header": True},
        "tableSchema": {
            "columns": [
                {"name": name, "titles": name, "datatype": _datatype([row[at] for row in rows])}
                for at, name in enumerate(header)
            ]
        },
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _datatype(values: list[Any]) -> str:
    known = {type(value) for value in values if value is not None}
    if known == {int}:
        return "integer"
    return "double" if known and known <= {int, float} else "string"

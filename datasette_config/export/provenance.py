"""What every format says of where its figures come from, in words for people and in fields for programs."""

import hashlib
import json

from datasette_config import typography as set_as
from datasette_config.export.cells import heading, period_words
from datasette_config.export.text_safety import writable
from datasette_config.reporting import BuiltReport
from datasette_config.wording import say


def title(built: BuiltReport) -> str:
    """Return the one line that names a report: what it is, what it is about, and its period."""
    subject = built.subject
    parts = [heading(built.report.title.say(built.language), built.language)]
    if subject:
        parts.append(heading(subject, built.language))
    if built.uses_period:
        parts.append(period_words(built))
    return writable(" \N{EN DASH} ".join(parts))


def coverage(built: BuiltReport) -> str:
    """Return what the collection behind the report holds, and what it cannot see."""
    language, about = built.language, built.about

    def count(name: str) -> set_as.Counted:
        return set_as.counted(int(about.get(name) or 0), language)

    held = say(
        "coverage",
        language,
        documents=count("documents"),
        texts=count("distinct_texts"),
        outlets=count("outlets"),
        undated=count("undated"),
        first=set_as.day(about.get("period_from"), language),
        last=set_as.day(about.get("period_to"), language),
    )
    return f"{held} {say('unseen', language)}"


def notices(built: BuiltReport) -> list[str]:
    """Return the sentences that stand at the end of every report."""
    found = [say("machine_made", built.language), coverage(built)]
    computed = {section.section.compute for section in built.sections}
    for name in ("changes", "before_after"):
        if name in computed:
            found.append(say(f"method_{name}", built.language))
    if built.with_layout("turns"):
        found.append(say("method_turns", built.language))
    if built.with_layout("phrases"):
        found.append(say("method_phrases", built.language))
    return [*found, say("quoted_short", built.language)]


def facts(built: BuiltReport) -> list[tuple[str, str]]:
    """Return label and value of what identifies a report, for people."""
    language, about = built.language, built.about
    model = about.get("model_id") or say("no_model", language)
    if about.get("trained_at"):
        made = say(
            "trained",
            language,
            moment=set_as.day(about["trained_at"], language),
            sha256=str(about.get("training_sha256"))[:16],
        )
        model = f"{model} ({made})"
    found = [
        ("report", built.report.id),
        (
            "parameters",
            " · ".join(f"{name} = {value or set_as.MISSING}" for name, value in sorted(built.bound.items())),
        ),
        ("as_of_label", set_as.moment(about.get("as_of"), language)),
        ("model", model),
        ("codebook", about.get("codebook_version") or set_as.MISSING),
        ("data_sha256", about.get("data_sha256") or set_as.MISSING),
        ("rows_sha256", built.rows_sha256),
        ("query_sha256", query_sha256(built)),
    ]
    if built.permalink:
        found.append(("permalink", built.permalink))
    return [(say(key, language), value) for key, value in found]


def stamp(built: BuiltReport) -> dict[str, str | None]:
    """Return what identifies a report, for programs: the same keys in every format."""
    about = built.about
    return {
        "report": built.report.id,
        "language": built.language,
        "since": built.period.since.isoformat(),
        "until": built.period.until.isoformat(),
        "parameters": json.dumps(dict(built.parameters), ensure_ascii=False, sort_keys=True),
        "as_of": about.get("as_of"),
        "model_id": about.get("model_id"),
        "codebook_version": about.get("codebook_version"),
        "data_sha256": about.get("data_sha256"),
        "rows_sha256": built.rows_sha256,
        "query_sha256": query_sha256(built),
        "permalink": built.permalink,
    }


def queries(built: BuiltReport) -> list[tuple[str, str]]:
    """Return title and SQL of every section, and first, once, the named parts that they begin with."""
    parts = ",\n".join(f"{name} as (\n{text}\n)" for name, text in built.report.part_texts.items())
    shared = [(say("shared_parts", built.language), f"with recursive {parts}")] if parts else []
    return shared + [
        (heading(found.section.title.say(built.language), built.language), found.section.sql.strip())
        for found in built.sections
    ]


def query_sha256(built: BuiltReport) -> str:
    """Return a hash of every query of the report, in hex."""
    text = "\n;\n".join(found.sql for found in built.sections)
    return hashlib.sha256(text.encode()).hexdigest()

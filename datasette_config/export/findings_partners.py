"""The head of the partner matrix: which stances are taken, against whom, together with which, how surely."""

from typing import Any

from datasette_config import typography as set_as
from datasette_config.export.cells import FEWEST_CASES, heading
from datasette_config.export.findings_words import counted, rows_of, share_words
from datasette_config.reporting import BuiltReport
from datasette_config.shares import share_of
from datasette_config.wording import say

#: Partners named for each stance.
_MOST_NAMED = 3


def stances_taken(built: BuiltReport) -> list[str]:
    """Say how many texts take a stance, and which partners they are for and against most often."""
    totals = rows_of(built, "figures", "stance_texts", "against_texts", "for_texts", "both_texts")
    if not totals:
        return []
    row, language = totals[0], built.language
    if not row["stance_texts"]:
        return [say("stances_none", language, texts=counted(row["distinct_texts"], built))]
    head = say(
        "stances_taken",
        language,
        stances=counted(row["stance_texts"], built),
        texts=counted(row["distinct_texts"], built),
        share=share_words(share_of(row["stance_texts"], row["distinct_texts"]), language),
        against=counted(row["against_texts"], built),
        favourable=counted(row["for_texts"], built),
        both=counted(row["both_texts"], built),
    )
    matrix = rows_of(built, "matrix", "against_texts", "for_texts")
    named = [
        say(key, language, partners=partners)
        for key, column in (("most_against", "against_texts"), ("most_for", "for_texts"))
        if (partners := _most(matrix, column, language))
    ]
    return [head, *([" ".join(named)] if named else [])]


def _most(matrix: list[dict[str, Any]], column: str, language: str) -> str:
    rows = sorted((row for row in matrix if row[column]), key=lambda row: -row[column])[:_MOST_NAMED]
    return ", ".join(
        f"{heading(row['partner'], language)} ({set_as.number(row[column], language)})" for row in rows
    )


def stances_together(built: BuiltReport) -> list[str]:
    """Say which two stances go together most, of how many texts; or that too few texts tell."""
    pairs = rows_of(built, "together", "first_partner", "second_partner", "found", "n")
    enough = [row for row in pairs if row["n"] >= FEWEST_CASES]
    language = built.language
    if not enough:
        matrix = rows_of(built, "matrix", "against_texts", "for_texts")
        return [say("together_too_few", language)] if matrix else []
    row = max(enough, key=lambda row: (share_of(row["found"], row["n"]).low or 0, row["n"]))
    return [
        say(
            "together_most",
            language,
            n=counted(row["n"], built),
            first=_stance(row, "first", language),
            second=_stance(row, "second", language),
            found=counted(row["found"], built),
            share=share_words(share_of(row["found"], row["n"]), language),
        )
    ]


def _stance(row: dict[str, Any], side: str, language: str) -> str:
    partner = heading(row[f"{side}_partner"], language)
    stance = row[f"{side}_stance"]
    return f"{partner}, {say(f'stance_{stance}', language)}"


def stances_measured(built: BuiltReport) -> list[str]:
    """Say for how many of the storylines behind the matrix precision is measured, and how high it is."""
    rows = rows_of(built, "quality", "narrative_id", "predicted", "precision")
    narratives = {row["narrative_id"]: row for row in rows}
    if not narratives:
        return []
    known = sorted(
        row["precision"]
        for row in narratives.values()
        if row["precision"] is not None and (row["predicted"] or 0) >= FEWEST_CASES
    )
    language = built.language
    if not known:
        return [say("stances_unmeasured", language, narratives=counted(len(narratives), built))]
    return [
        say(
            "stances_measured" if len(known) > 1 else "stances_measured_one",
            language,
            known=set_as.number(len(known), language),
            narratives=counted(len(narratives), built),
            low=set_as.number(known[0], language, 2),
            high=set_as.number(known[-1], language, 2),
        )
    ]

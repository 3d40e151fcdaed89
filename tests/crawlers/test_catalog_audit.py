"""The bundled catalogue against the audit it was made from: the sure is on, the rest says why not."""

from collections import Counter

from crawlers.catalog import load_catalogue
from crawlers.platform_addresses import SOCIAL_PLATFORMS

#: How sure published evidence is of each address, counted over the whole audit.
GRADES = {"A": 35, "B": 9, "C": 11, "D": 19}
#: Addresses that work and still wait for a lawyer.
LEGAL_CHECK = {"rt-francais", "al-jazeera", "lemonde-afrique", "lemonde-mali"}
STATEMENTS = 207


def test_grade_a_is_enabled_but_for_the_legal_checks_and_nothing_else_is() -> None:
    catalogue = load_catalogue((), bundled=True)
    grades = Counter(source.grade for source in catalogue.values())
    # One source has no address any more and so no grade.
    assert {grade: count for grade, count in grades.items() if grade} == GRADES
    assert [source.id for source in catalogue.values() if source.grade is None] == ["voa-afrique"]
    sure = {source.id for source in catalogue.values() if source.grade == "A"}
    assert {source.id for source in catalogue.values() if source.enabled} == sure - LEGAL_CHECK
    for name in LEGAL_CHECK:
        assert "legal check" in (catalogue[name].disabled_reason or "")


def test_what_is_not_sure_names_the_command_that_makes_it_so() -> None:
    catalogue = load_catalogue((), bundled=True)
    for source in catalogue.values():
        if source.grade in ("B", "C") and "legal check" not in (source.disabled_reason or ""):
            assert f"sources check {source.id}" in (source.disabled_reason or ""), source.id


def test_posts_ship_disabled_and_never_tried_live() -> None:
    catalogue = load_catalogue((), bundled=True)
    posts = [source for source in catalogue.values() if source.platform in SOCIAL_PLATFORMS]
    assert {source.platform for source in posts} == {"telegram", "bluesky", "youtube"}
    assert not any(source.enabled for source in posts)
    # A host where everybody posts says nothing of who wrote.
    assert all(
        host not in source.article_hosts for source in posts for host in ("t.me", "bsky.app", "youtube.com")
    )


def test_every_statement_can_be_read_in_french() -> None:
    catalogue = load_catalogue((), bundled=True)
    statements = [statement for source in catalogue.values() for statement in source.statements]
    assert len(statements) == STATEMENTS
    assert all(statement.value_fr for statement in statements)
    assert all(statement.note_fr for statement in statements if statement.note)
    assert all(source.disabled_reason_fr for source in catalogue.values() if source.disabled_reason)

"""The codebook: the bundled files, what a mistake costs, and what makes a new version."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from classifiers.codebook import BUNDLED, load_codebook
from db.errors import NarrativesError

CORE = {
    "intervention-failed", "neocolonial-france", "france-abets-armed-groups", "sovereignty-regained",
    "aes-emancipation", "russia-reliable-partner", "army-resurgent", "ecowas-instrument",
    "un-mission-useless",
    "foreign-actors-spy", "west-in-decline", "foreign-media-war", "ukraine-sponsors-terror",
    "neighbour-destabilises", "russia-abuses-or-fails", "isolation-costs", "constitutional-order",
    "west-indispensable",
}  # fmt: skip
EXPERIMENTAL = {
    "western-interference", "cultural-sovereignty", "imposed-peace-deal", "military-rule-first",
    "foreign-paid-traitors", "france-abandoned", "other-partners-welcome", "rulers-fail-on-security",
    "france-scapegoat",
}  # fmt: skip


def entry(**changes: Any) -> dict[str, Any]:
    """Return a narrative that is in order, with changes."""
    return {
        "title": {"fr": "Les droits de pêche", "en": "Fishing rights"},
        "definition": {"fr": "La Chine prend le poisson.", "en": "China takes the fish."},
        "family": "anti-western",
        "kind": "grievance",
        "partners": {"china": -1},
        "falsifiable": True,
        "status": "experimental",
        "include": [{"fr": "Licences vendues.", "en": "Licences sold."}],
        "examples": [{"text": "Le fleuve se vide.", "language": "fr", "voice": "own"}],
        "patterns": {"fr": ["{@china} .. poisson*", "{plunder} .. poisson*"], "en": ["{@china} .. fish*"]},
        **changes,
    }


def write(folder: Path, content: Any, name: str = "fishing-rights") -> Path:
    path = folder / f"{name}.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def test_the_bundled_codebook_holds_the_ids_that_others_rely_on() -> None:
    narratives = load_codebook().narratives
    assert {one.id for one in narratives.values() if one.status == "core"} == CORE
    assert {one.id for one in narratives.values() if one.status == "experimental"} == EXPERIMENTAL


@pytest.mark.parametrize("narrative_id", sorted(CORE | EXPERIMENTAL))
def test_a_bundled_narrative_is_complete(narrative_id: str) -> None:
    narrative = load_codebook().narratives[narrative_id]
    assert {example.voice for example in narrative.examples} == {"own", "attributed", "rejected"} or (
        narrative.status == "experimental"
    )
    assert {example.language for example in narrative.examples} == {"fr", "en"}
    assert narrative.exclude and narrative.near_misses
    patterns = {*narrative.patterns.fr, *narrative.patterns.en}
    assert len(patterns) >= (20 if narrative.status == "core" else 8)


def test_every_partner_is_praised_and_blamed_somewhere() -> None:
    stances: dict[str, set[int]] = {}
    for narrative in load_codebook().narratives.values():
        for partner, stance in narrative.partners.items():
            stances.setdefault(partner, set()).add(stance)
    for partner in ("france", "west", "un", "russia"):
        assert {-1, 1} <= stances[partner], partner


def test_core_narratives_come_first_and_own_folders_are_added(tmp_path: Path) -> None:
    write(tmp_path, entry())
    narratives = load_codebook([tmp_path]).narratives
    assert len(narratives) == len(CORE | EXPERIMENTAL) + 1
    order = [one.status for one in narratives.values()]
    assert order == sorted(order)
    assert narratives["fishing-rights"].partners == {"china": -1}


def test_the_version_depends_on_content_alone(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    content = entry()
    write(one, content)
    write(one, entry(definition={"fr": "a", "en": "b"}), "another-one")
    reordered = dict(reversed(content.items()))
    reordered["patterns"] = {"en": content["patterns"]["en"], "fr": content["patterns"]["fr"][::-1]}
    reordered["title"] = {"fr": "Autre titre", "en": "Another title"}
    reordered["notes"] = "A word among maintainers."
    (other / "fishing-rights.yml").write_text(
        "# a comment\n" + yaml.safe_dump(reordered, default_flow_style=True), encoding="utf-8"
    )
    separate = tmp_path / "separate"
    separate.mkdir()
    write(separate, entry(definition={"fr": "a", "en": "b"}), "another-one")
    assert load_codebook([one]).version == load_codebook([separate, other]).version


@pytest.mark.parametrize(
    "change",
    [
        {"definition": {"fr": "La Chine prend tout le poisson.", "en": "China takes the fish."}},
        {"partners": {"china": 0}},
        {"status": "core"},
        {"patterns": {"fr": ["{@china} .. poisson*"], "en": ["{@china} .. fish*"]}},
        {"near_misses": ["western-interference"]},
    ],
)
def test_a_change_that_matters_is_a_new_version(tmp_path: Path, change: dict[str, Any]) -> None:
    write(tmp_path, entry())
    before = load_codebook([tmp_path]).version
    write(tmp_path, entry(**change))
    assert load_codebook([tmp_path]).version != before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"family": "anti-chinese"}, "unknown family 'anti-chinese'"),
        ({"partners": {"atlantis": 1}}, "unknown partner 'atlantis'"),
        ({"partners": {"china": 2}}, "partners.china"),
        ({"near_misses": ["no-such-thing"]}, "unknown narrative 'no-such-thing'"),
        ({"near_misses": ["fishing-rights"]}, "names itself"),
        ({"exclude": [{"fr": "a", "en": "b", "where": "nowhere"}]}, "unknown narrative 'nowhere'"),
        ({"kind": "rumour"}, "kind:"),
        ({"colour": "red"}, "colour"),
        ({"id": "other"}, "the id is the file name"),
        ({"examples": []}, "examples"),
        ({"title": {"fr": "seul"}}, "title.en"),
        ({"patterns": {"fr": ["{@atlantis} .. poisson"]}}, "unknown group '@atlantis'"),
        ({"patterns": {"fr": ["{no-group} poisson"]}}, "unknown group 'no-group'"),
        ({"patterns": {"fr": ["(poisson|"]}}, "a bracket is not closed"),
        ({"patterns": {"fr": ["poisson .."]}}, "ends with a gap"),
        ({"patterns": {"fr": [".* poisson"]}}, "cannot read"),
        ({"patterns": {"fr": ["_ _"]}}, "without any word of its own"),
        ({"patterns": {"fr": ["po*"]}}, "three letters or more"),
        ({"patterns": {"fr": ["(a|b|c|d) " * 8]}}, "stands for more than"),
        ({"patterns": {"fr": ["near poisson"]}}, "no part that must stand in the passage"),
        ({"patterns": {"fr": ["fleuve", "fleuve"]}}, "stands twice"),
        ({"words": {"failed": ["x"]}}, "already in vocabulary.yml"),
        ({"words": {"boats": ["pirogue*"]}}, "no pattern uses the group 'boats'"),
        ({"words": {"boats": ["{boats}"]}, "patterns": {"fr": ["{boats}"]}}, "includes itself"),
    ],
)
def test_a_mistake_is_named_with_its_file(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    path = write(tmp_path, entry(**change))
    with pytest.raises(NarrativesError) as caught:
        load_codebook([tmp_path])
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert "narratives codebook check" in str(caught.value)


def test_an_id_stands_only_once(tmp_path: Path) -> None:
    write(tmp_path, entry(), "west-in-decline")
    with pytest.raises(NarrativesError, match="west-in-decline is already defined in"):
        load_codebook([tmp_path])


@pytest.mark.parametrize("content", ["- a list", "a: [unclosed", "just words"])
def test_what_is_no_narrative_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "odd.yml").write_text(content, encoding="utf-8")
    with pytest.raises(NarrativesError, match=r"odd\.yml"):
        load_codebook([tmp_path])


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(NarrativesError, match=r"absent: no such folder"):
        load_codebook([tmp_path / "absent"])


def test_bundled_files_hold_nothing_but_narratives() -> None:
    assert {path.stem for path in BUNDLED.iterdir()} == CORE | EXPERIMENTAL

"""The invented press itself: its pieces, its addresses and its expectations fit together."""

import importlib.util
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

PRESS = Path(__file__).parent / "sample_press"


def _press() -> ModuleType:
    spec = importlib.util.spec_from_file_location("invented_press", PRESS / "press.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


press = _press()
EXPECTED: dict[str, Any] = yaml.safe_load((PRESS / "expected.yml").read_text(encoding="utf-8"))
FIRST: dict[str, Any] = dict(press.first_edition())
PIECES: dict[str, Any] = dict(press.second_edition(datetime(2026, 6, 15, 9, 30, tzinfo=UTC)))


def test_every_piece_has_an_expectation_and_every_code_marks_one_place():
    assert set(EXPECTED["pieces"]) == set(PIECES)
    for key, known in EXPECTED["pieces"].items():
        for voice, narrative, words in (known or {}).get("codes", ()):
            assert voice in {"own", "attributed", "rejected"}, (key, voice)
            assert FIRST.get(key, PIECES[key]).text.count(words) == 1, (key, words)
            assert (PRESS.parents[1] / "classifiers" / "codebook" / f"{narrative}.yml").is_file(), narrative


def test_addresses_are_reserved_names_and_differ():
    assert all(outlet.host.endswith(".example") for outlet in press.outlets().values())
    assert len({piece.url for piece in PIECES.values()}) == len(PIECES) >= 60
    assert len({piece.outlet.outlet_id for piece in PIECES.values()}) >= 8


def test_the_edition_of_the_afternoon_differs_as_its_files_say():
    edited = {key for key, piece in PIECES.items() if piece.edited}
    assert edited == {key for key, known in EXPECTED["pieces"].items() if (known or {}).get("versions") == 2}
    assert all(PIECES[key].text != FIRST[key].text for key in edited)
    assert {key for key in PIECES if key not in FIRST} == {"echo-du-karite/finale-coupe-des-quartiers"}


def test_copies_take_what_they_say_and_change_what_they_say():
    for key, known in EXPECTED["pieces"].items():
        if not known or "copy_of" not in known:
            continue
        copied, original = FIRST[key].paragraphs, FIRST[known["copy_of"]].paragraphs
        shared = set(copied) & set(original)
        match known["relation"]:
            case "identical":
                assert copied == original, key
            case "reworded":
                assert copied != original and len(copied) == len(original) and len(shared) >= 2, key
            case _:
                assert 2 <= len(shared) < len(original) and len(copied) > len(shared), key


def test_demo_leaves_a_folder_of_something_else_alone(tmp_path: Path):
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, PRESS / "demo.py", "--folder", tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "holds something else" in done.stderr
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "years of work"

"""The words of the pages: both languages, and no phrase that nothing says."""

from pathlib import Path

import datasette_config
from datasette_config.page_wording import phrases


def test_every_phrase_has_both_languages_and_is_used() -> None:
    folder = Path(datasette_config.__file__).parent
    written = "".join(
        path.read_text(encoding="utf-8")
        for pattern in ("templates/**/*.*", "pages/*.py", "plugins/*.py", "build.py")
        for path in folder.glob(pattern)
    )
    built = (
        "voice_",
        "band_",
        "kind_",
        "stance_",
        "level_",
        "split_",
        "lang_",
        "origin_",
        "relation_",
        "health_",
        "property_",
        "outcome_",
        "verdict_",
        "nav_",
        "filter_",
        "sort_",
        "error_",
        "parameter_",
        "change_",
        "reading_",
        "review_",
        "country_",
        "genre_",
        "cue_",
        "together_",
    )
    unused = [
        key
        for key in phrases()
        if f'"{key}"' not in written and f"'{key}'" not in written and not key.startswith(built)
    ]
    assert unused == []

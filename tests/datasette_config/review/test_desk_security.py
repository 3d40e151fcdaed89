"""The desk lets in whoever has an account, from its own pages, and nobody else (W-12)."""

import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from datasette_config.review.desk import Desk
from datasette_config.review.session import FAILURES_PER_NAME, Patience, Sessions, new_session, session_key
from datasette_config.review.web import HEADERS
from db.connection import transaction, working_database
from db.errors import NarrativesError
from db.review_queue import next_item
from narratives import cli
from tests.datasette_config.review.conftest import PASSWORD, Person, words

Sit = Callable[..., Person]
BEHIND = ["/en/", "/fr/next", "/en/texts/1", "/en/disagreements", "/en/disagreements/1", "/en/agreement",
          "/en/codebook", "/en/password"]  # fmt: skip


def reviews(path: Path) -> int:
    with working_database(path, "read") as db:
        return db.table("reviews").count


@pytest.mark.parametrize("path", BEHIND)
def test_nothing_is_shown_to_whoever_is_not_signed_in(person: Sit, path: str) -> None:
    answer = person().get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/{path[1:3]}/sign-in")
    assert answer.text == ""


def test_what_is_refused_is_said_in_the_language_of_the_page(person: Sit) -> None:
    ada = person()
    ada.sign_in("ada")
    missing = ada.get("/fr/nulle-part")
    assert missing.status_code == 404
    assert "Cette page n’existe pas." in words(missing)
    old = ada.post("/fr/texts/1", token="made up", action="nothing")
    assert old.status_code == 403
    assert "n’est pas, ou plus, le vôtre" in words(old)
    assert 'lang="en"' not in old.text


def test_every_answer_carries_the_headers(person: Sit) -> None:
    ada = person()
    ada.sign_in("ada")
    for path in ("/", "/en/", "/en/texts/1", "/static/review.js", "/nowhere", "/en/texts/999999"):
        answer = ada.get(path)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS, path
        assert answer.headers["cache-control"] == "no-store"
    policy = HEADERS["Content-Security-Policy"]
    assert "'unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy


def test_pages_hold_no_inline_script_or_style(person: Sit) -> None:
    ada = person()
    ada.sign_in("ada")
    for path in ("/en/", "/en/texts/1", "/en/agreement", "/en/codebook", "/en/disagreements"):
        page = ada.get(path).text
        assert " style=" not in page and "<style" not in page and " onclick=" not in page
        assert page.count("<script") == page.count('<script src="/static/review.js"')


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(person: Sit, press_db: Path) -> None:
    cookie = person().get("/en/sign-in").headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "secure" not in cookie
    with closing(Desk(press_db, secure_cookies=True)) as desk:
        from datasette_config.review.app import ReviewDesk

        assert "; secure" in Person(ReviewDesk(desk)).get("/en/sign-in").headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "forged",
    [
        {"token": ""},
        {"token": "0" * 64},
        {"headers": {"origin": "https://evil.example"}},
        {"headers": {"origin": "null"}},
        {"headers": {"sec-fetch-site": "cross-site"}},
    ],
)
def test_a_form_of_another_site_writes_nothing(person: Sit, press_db: Path, forged: dict[str, Any]) -> None:
    ada = person()
    ada.sign_in("ada")
    answer = ada.post("/en/texts/1", action="nothing", **forged)
    assert answer.status_code == 403
    assert reviews(press_db) == 0


def test_the_token_of_one_session_is_none_in_another(person: Sit, press_db: Path) -> None:
    ada, bee = person(), person()
    ada.sign_in("ada")
    bee.sign_in("bee")
    assert ada.post("/en/texts/1", token=bee.token("/en/texts/1"), action="nothing").status_code == 403
    assert reviews(press_db) == 0
    assert ada.post("/en/texts/1", action="nothing").status_code == 303
    assert reviews(press_db) == 1


def test_a_forged_cookie_is_nobody(person: Sit, desk: Desk) -> None:
    stranger = person()
    other_key = Sessions(b"x" * 32).write(new_session("ada", "0" * 16))
    old_password = desk.sessions.write(new_session("ada", "0" * 16))
    for value in (other_key, old_password, "nonsense", ""):
        stranger.cookies.clear()
        stranger.cookies.set("narratives_review", value, domain="127.0.0.1", path="/")
        assert stranger.get("/en/").status_code == 303


def test_a_sign_in_begins_a_new_session(person: Sit) -> None:
    ada = person()
    ada.get("/en/sign-in")
    before = ada.cookies["narratives_review"]
    ada.sign_in("ada")
    assert ada.cookies["narratives_review"] != before
    assert ada.get("/en/").status_code == 200
    ada.post("/en/sign-out", page="/en/")
    assert ada.get("/en/").status_code == 303


def test_wrong_passwords_are_answered_alike_and_then_not_at_all(person: Sit, desk: Desk) -> None:
    someone = person()
    unknown, wrong = someone.sign_in("nobody", "x"), someone.sign_in("ada", "x")
    assert unknown.status_code == wrong.status_code == 403
    assert words(unknown).split() == words(wrong).split()
    for _ in range(FAILURES_PER_NAME - 1):
        someone.sign_in("ada", "x")
    assert someone.sign_in("ada", PASSWORD).status_code == 429, "even the right one has to wait"
    assert someone.sign_in("bee", PASSWORD).status_code == 303
    assert not Patience().is_exhausted("ada")


def test_a_one_time_password_has_to_be_changed_first(person: Sit, press_db: Path) -> None:
    made = CliRunner().invoke(cli, ["review", str(press_db), "--add-coder", "dan"])
    assert made.exit_code == 0
    dan = person()
    assert dan.sign_in("dan", made.stdout.strip()).status_code == 303
    for path in ("/en/", "/en/texts/1", "/en/agreement"):
        assert dan.get(path).headers["location"] == "/en/password"
    fields = {"old": made.stdout.strip(), "new": "my own password"}
    assert dan.post("/en/password", again="another one", **fields).status_code == 400
    assert dan.post("/en/password", again="my own password", **fields).status_code == 303
    assert dan.get("/en/").status_code == 200
    later = person()
    assert later.sign_in("dan", made.stdout.strip()).status_code == 403


def test_a_closed_account_ends_its_sessions(person: Sit, press_db: Path) -> None:
    ada = person()
    ada.sign_in("ada")
    assert ada.get("/en/").status_code == 200
    assert CliRunner().invoke(cli, ["review", str(press_db), "--close-coder", "ada"]).exit_code == 0
    assert ada.get("/en/").status_code == 303


def test_unknown_hosts_methods_and_forms_are_refused(person: Sit) -> None:
    assert person(base="http://evil.example").get("/en/sign-in").status_code == 421
    assert person(base="http://desk.example").get("/en/sign-in").status_code == 200
    ada = person()
    ada.sign_in("ada")
    assert ada._ask("DELETE", "/en/texts/1").status_code == 405
    assert ada._ask("POST", "/en/texts/1", json={}).status_code == 415
    big = ada._ask("POST", "/en/texts/1", data={"comment": "x" * 300_000})
    assert big.status_code == 413
    for path in ("/static/../app.py", "/static/session.py", "/en/texts/x", "/en/../../etc/passwd", "/de/"):
        assert ada.get(path).status_code in (303, 404)


def test_hostile_text_is_shown_as_text(person: Sit, press_db: Path) -> None:
    payload = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    with working_database(press_db, "write") as db, transaction(db):
        number = next_item(db, "ada")
        db.execute(
            "update documents set title = ?, text = ? || substr(text, length(?) + 1) where document_id = "
            "(select document_id from review_items where review_item_id = ?)",
            [payload, payload, payload, number],
        )
    ada = person()
    ada.sign_in("ada")
    page = ada.post(f"/en/texts/{number}", action="add", narrative=payload, voice="own", sentence="0",
                    words=payload, comment=payload)  # fmt: skip
    assert "<script>alert" not in page.text and "<img" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


def test_what_fails_inside_is_not_told(
    person: Sit, press_db: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ada = person()
    ada.sign_in("ada")
    with working_database(press_db, "write") as db:
        db.execute("drop view latest_readings")
    answer = ada.get("/en/")
    assert answer.status_code == 500
    assert "latest_readings" not in answer.text and "Traceback" not in answer.text
    assert "latest_readings" in capsys.readouterr().err


def test_the_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    database = tmp_path / "mali.db"
    key = session_key(database)
    path = tmp_path / "mali.db.review.key"
    assert len(key) == 32 and session_key(database) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with pytest.raises(NarrativesError, match="chmod 600"):
        session_key(database)
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(NarrativesError, match="damaged"):
        session_key(database)


def test_a_publication_is_refused(tmp_path: Path, drawn_press: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datasette_config.build._draw", lambda *_: 0)
    monkeypatch.setattr("datasette_config.build.write_reports", lambda *_: None)
    public = tmp_path / "public.db"
    assert CliRunner().invoke(cli, ["publish", str(drawn_press), "-o", str(public)]).exit_code == 0
    done = CliRunner().invoke(cli, ["review", str(public)])
    assert done.exit_code == 1 and "is a publication" in done.stderr
    content = public.read_bytes()
    private = (b"coders", b"password_hash", b"review_items", b"create table reviews")
    assert not [word for word in private if word in content]


def test_the_command_serves_on_loopback(press_db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Any] = []
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: served.append(sockets[0].getsockname()))
    done = CliRunner().invoke(cli, ["review", str(press_db), "--port", "0"])
    assert done.exit_code == 0, done.output
    assert served[0][0] == "127.0.0.1" and f"http://127.0.0.1:{served[0][1]}/" in done.stderr

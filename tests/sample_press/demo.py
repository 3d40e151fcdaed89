"""``make demo``: the main job on the invented press, over HTTP as it would run on the web.

Serves ``tests/sample_press`` on loopback, crawls it twice with a day's changes in between, classifies,
publishes and writes a report, each by the command a deployment would run; then prints what was found.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from findings import summary
from server import PressServer, serving

#: The moments of the two crawls: the first before, the second after the newsrooms' changes.
FIRST_CRAWL = "2026-06-15T06:00:00Z"
SECOND_CRAWL = "2026-06-16T06:30:00Z"
#: The week of the report: the last finished one at the time of the crawls.
WEEK = ("2026-06-08", "2026-06-14")
_MARK = "# Made by `make demo`; the folder is emptied before each run."
_SETTINGS = """{mark}
contact = "https://demo.example/about"
sources = ["{sources}"]
bundled_sources = false
models = "{models}"

[loopback]
{hosts}
"""


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo folder and the files in it."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "demo.db"

    @property
    def publication(self) -> Path:
        return self.folder / "public.db"

    def report(self, language: str) -> Path:
        return self.folder / f"weekly-{language}.html"

    def prepare(self, hosts: Mapping[str, int], models: Path | None = None) -> None:
        """Empty the folder, if it is a demo's or empty, and write its settings."""
        settings = self.folder / "narratives.toml"
        if self.folder.exists() and any(self.folder.iterdir()):
            if not settings.is_file() or not settings.read_text(encoding="utf-8").startswith(_MARK):
                sys.exit(f"{self.folder} holds something else. Name an empty folder with --folder.")
            _empty(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        sources = (Path(__file__).parent / "sources").as_posix()
        lines = "\n".join(f'"{host}" = {port}' for host, port in hosts.items())
        where = (models or self.folder / "models").resolve().as_posix()
        settings.write_text(
            _SETTINGS.format(mark=_MARK, sources=sources, models=where, hosts=lines), encoding="utf-8"
        )

    def run(self, title: str, *arguments: str | Path, at: str) -> None:
        """Run one command of the project with the clock set; stop the demo when it fails."""
        began = time.monotonic()
        _say(f"\n$ narratives {' '.join(_short(each, self.folder) for each in arguments)}")
        environment = {**os.environ, "NARRATIVES_NOW": at, "NARRATIVES_CONFIG": ""}
        done = subprocess.run([_narratives(), *map(str, arguments)], env=environment, check=False)
        if done.returncode:
            sys.exit(f"demo: {title} failed (exit {done.returncode}).")
        _say(f"  {title}: {time.monotonic() - began:.1f} s")

    def collect(self, server: PressServer) -> None:
        """Crawl, let the newsrooms work, crawl again."""
        self.run("first crawl", "crawl", self.database, at=FIRST_CRAWL)
        server.edition = 2
        self.run("second crawl, after the edits", "crawl", self.database, at=SECOND_CRAWL)

    def work_up(self) -> None:
        """Everything after the crawl."""
        self.run("labels and copies", "classify", self.database, at=SECOND_CRAWL)
        self.run("trends", "trends", self.database, at=SECOND_CRAWL)
        self.run("publication", "publish", self.database, "-o", self.publication, at=SECOND_CRAWL)
        since, until = WEEK
        for language in ("fr", "en"):
            self.run(
                f"weekly report ({language})", "report", self.database, "weekly",
                "--since", since, "--until", until, "--format", "html", "--language", language,
                "-o", self.report(language), at=SECOND_CRAWL,
            )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the demo and, with ``--serve``, open its publication."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--folder", type=Path, default=Path("demo"), help="where it all goes (default: demo/)"
    )
    parser.add_argument("--models", type=Path, help="a folder with a trained model; otherwise one is trained")
    parser.add_argument("--serve", action="store_true", help="open the publication in Datasette at the end")
    asked = parser.parse_args(arguments)
    began = time.monotonic()
    demo = Demo(asked.folder.resolve())
    with serving() as server:
        demo.prepare(server.loopback(), asked.models)
        demo.collect(server)
    demo.work_up()
    _say("")
    sys.stdout.write(summary(demo.publication))
    shown = _from_here(demo.folder)
    sys.stdout.write(
        f"\nWhere to look\n"
        f"  {shown / 'weekly-fr.html'}, {shown / 'weekly-en.html'}   the weekly brief, in a browser\n"
        f"  make demo SERVE=1   or   narratives serve {shown / 'public.db'}   the pages, in Datasette\n"
        f"  {shown / 'demo.db'}   the working database;   {shown / 'evidence'}/   what the sites answered\n"
        f"\nAll outlets, texts and speakers are invented (tests/sample_press/README.md). "
        f"{time.monotonic() - began:.0f} s.\n"
    )
    if asked.serve:
        sys.stdout.flush()
        os.execv(_narratives(), [_narratives(), "serve", str(demo.publication), "--open"])


def _narratives() -> str:
    """The command of the environment that runs the demo."""
    return str(Path(sys.executable).with_name("narratives"))


def _empty(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink()


def _short(argument: str | Path, folder: Path) -> str:
    inside = isinstance(argument, Path) and folder in argument.parents
    return str(_from_here(argument) if inside else argument)


def _from_here(path: Path | str) -> Path:
    """Shorten a path that lies below the working folder."""
    path, here = Path(path), Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()

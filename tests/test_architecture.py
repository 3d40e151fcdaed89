"""The house: who imports whom, how large a module may be, what is packed, what is never written down."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("crawlers", "classifiers", "db", "datasette_config")
AIM_LINES, MOST_LINES = 300, 400
BARRED_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
CODE = [*sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py")), ROOT / "narratives.py"]


def tracked() -> Iterator[Path]:
    """Yield every file of the project: what git knows and what it would add."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode == 0:
        names = [name for name in listed.stdout.split("\0") if name]
    else:  # an unpacked source distribution
        folders = [ROOT / name for name in (*ROOMS, "tests")]
        names = [
            str(path.relative_to(ROOT))
            for path in [*ROOT.glob("*.*"), *(path for folder in folders for path in folder.rglob("*"))]
            if path.is_file() and "__pycache__" not in path.parts
        ]
    yield from (ROOT / name for name in names if (ROOT / name).is_file())


def test_the_rooms_import_only_what_they_may() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Contracts: 5 kept, 0 broken" in done.stdout


def test_no_module_is_too_large(capsys: pytest.CaptureFixture[str]) -> None:
    files = [*CODE, *(ROOT / "tests").rglob("*.py")]
    lines = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    with capsys.disabled():
        for path, count in sorted(lines.items()):
            if count > AIM_LINES and path.parts[0] != "tests":
                print(f"\n{path} has {count} lines; modules aim at 200, redesign above {AIM_LINES}")  # noqa: T201
    assert not {path: count for path, count in lines.items() if count > MOST_LINES}


def test_names_say_what_a_module_does() -> None:
    stray = [path for path in CODE if BARRED_NAMES & set(re.split(r"[_./]", str(path.relative_to(ROOT))))]
    assert not stray


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        path.relative_to(ROOT) for path in CODE if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert not silent


def test_tests_are_no_package_and_bear_unique_names() -> None:
    files = list((ROOT / "tests").rglob("*.py"))
    assert not [path for path in files if path.name == "__init__.py"]
    names = [path.name for path in files if path.name.startswith("test_")]
    assert len(names) == len(set(names))


def test_imports_are_absolute() -> None:
    relative = [
        path.relative_to(ROOT)
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.level or any(name.name == "*" for name in node.names))
    ]
    assert not relative


#: Statements, as they stand at the beginning of a string: `select ... from`, `insert into` and so on.
SQL = re.compile(
    r"\A\s*(select\s.+\sfrom\s|insert\s+(or\s+\w+\s+)?into\s|update\s+\w+\s+set\s|delete\s+from\s"
    r"|create\s+(temp\s+|virtual\s+|unique\s+)*(table|view|index)\s|drop\s+table\s|with\s+\w+\s+as\s*\()",
    re.IGNORECASE | re.DOTALL,
)


def strings(path: Path) -> Iterator[tuple[int, str]]:
    tree = ast.parse(path.read_text("utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def test_sql_lives_in_the_hub_and_in_reports() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in CODE
        if path.relative_to(ROOT).parts[0] != "db"
        for line, text in strings(path)
        if SQL.match(text)
    ]
    assert not found, f"SQL outside db/ and datasette_config/reports/: {found}"
    elsewhere = [
        path.relative_to(ROOT)
        for room in ROOMS
        for path in (ROOT / room).rglob("*.sql")
        if path.relative_to(ROOT).parts[0] != "db" and "reports" not in path.parts
    ]
    assert not elsewhere


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_nothing_that_runs_code_when_it_is_loaded() -> None:
    barred = {"pickle", "joblib", "dill", "cloudpickle", "shelve", "marshal"}
    found = []
    for path in CODE:
        tree = ast.parse(path.read_text("utf-8"))
        found += [
            f"{path.relative_to(ROOT)}: {name}" for name in imported(tree) if name.split(".")[0] in barred
        ]
        safe_loaders = {
            node.name if isinstance(node, ast.ClassDef) else ast.unparse(node.targets[0])
            for node in tree.body
            if isinstance(node, ast.ClassDef | ast.Assign)
            and re.search(r"\bC?SafeLoader\b", " ".join(map(ast.unparse, getattr(node, "bases", [node]))))
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            loader = {ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg == "Loader"}
            if called in {"eval", "exec"} or (called == "yaml.load" and not loader & safe_loaders):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} {called}")
    assert not found


#: Pure parts of the spokes, and what they may know of the hub all the same.
PURE = (
    "crawlers/spiders/*.py",
    "crawlers/extraction*.py",
    "classifiers/estimators/*.py",
    "classifiers/codebook.py",
)
ALLOWED_OF_THE_HUB = {"db.errors", "db.clock", "db.reference", "db.crawl_records", "db.review_markup"}


def test_pure_parts_do_not_know_the_database() -> None:
    files = [path for pattern in PURE for path in ROOT.glob(pattern)]
    assert len(files) > 5
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in files
        for name in imported(ast.parse(path.read_text("utf-8")))
        if name.split(".")[0] == "db" and name not in ALLOWED_OF_THE_HUB
    }
    assert not found


def on_this_machine() -> list[bytes]:
    """Return the ways in which a file would name this checkout, its neighbours or its user's home."""
    folders = {ROOT, ROOT.parent, Path.home(), Path(sys.prefix)} - {Path("/"), Path("/tmp")}
    return [re.escape(bytes(folder)) + rb"/" for folder in folders]


#: Folders of one machine, and addresses of package indexes.
MACHINE = re.compile(
    b"|".join(on_this_machine())
    + rb"|/root/|site-packages/"
    + rb"|https?://[\w.-]*(pypi|artifactory|nexus|devpi|pythonhosted)[\w.-]*/"
    + rb"|--(extra-)?index-url\s+\S|--trusted-host",
)


def test_no_file_names_a_machine_or_a_package_index() -> None:
    found = []
    for path in tracked():
        if path == Path(__file__) or path.suffix in {".gz", ".png", ".woff2"}:
            continue
        for match in MACHINE.finditer(path.read_bytes()):
            found.append(f"{path.relative_to(ROOT)}: {match.group().decode(errors='replace')}")
    assert not found


def test_the_wheel_holds_every_data_file_and_the_front_door(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("mali_narratives-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    wanted = {
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.relative_to(ROOT).parts[0] in (*ROOMS, "narratives.py")
    }
    assert {"narratives.py", "db/reference/tables.yml", "db/steps/001_catalogue_and_crawl.sql"} <= wanted
    assert wanted - packed == set()
    assert {name.split("/")[0] for name in packed if ".dist-info/" not in name} == {*ROOMS, "narratives.py"}


def test_the_project_is_not_for_a_package_index() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["name"] == "mali-narratives"
    assert "Private :: Do Not Upload" in project["classifiers"]
    assert project["scripts"] == {"narratives": "narratives:cli"}


def test_everything_installed_comes_with_a_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    pinned = re.findall(r"^([A-Za-z0-9._-]+)==", lock, flags=re.MULTILINE)
    assert len(pinned) > 50
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock):
        if re.match(r"[A-Za-z0-9._-]+==", block):
            assert "--hash=sha256:" in block, block.split()[0]

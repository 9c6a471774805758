"""What all tests share."""

import contextlib
import io
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import pytest
import warm
from hypothesis import settings

from giveback.dates import Now

# A busy machine is no failure: nothing here asserts on wall time.
settings.register_profile("giveback", deadline=None)
settings.load_profile("giveback")

# Beside the checkout, unless the environment names the folder (as it must for a worktree elsewhere).
SHARED = Path(os.environ.get("GIVEBACK_SHARED") or Path(__file__).resolve().parents[2] / "shared")


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of other programs' real files; they are read where they lie, never copied."""
    folder = SHARED / "corpora"
    if not folder.is_dir():
        pytest.skip("the shared corpora are not beside this checkout")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> str:
    """Where a store will be; nothing is there yet."""
    return str(tmp_path / "home" / "giveback.db")


@pytest.fixture
def now() -> Now:
    """A Monday noon."""
    return Now(datetime(2026, 11, 23, 12, 0, tzinfo=UTC), date(2026, 11, 23))


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store without anything in it, one file, to be read or copied: making one takes longer than most tests."""
    from giveback.store import connect

    path = str(tmp_path_factory.mktemp("empty") / "giveback.db")
    connection = connect.write(path)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    return path


MAKING = ("test_store", "test_store_troubles", "test_suggest_rules")
"""Modules whose tests see how a store is made."""


@pytest.fixture(scope="module", autouse=True)
def copied_stores(request: pytest.FixtureRequest, empty_store: str) -> Iterator[None]:
    """Make new stores in this process by copying one: half of the time of many tests went into making the same."""
    from giveback.store import migrations

    make = migrations.migrate

    def copy(connection: sqlite3.Connection, path: str) -> None:
        if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            make(connection, path)
            return
        with contextlib.closing(sqlite3.connect(empty_store)) as made:
            made.backup(connection)

    with patch.object(migrations, "migrate", make if request.module.__name__ in MAKING else copy):
        yield


GOLDEN = Path(__file__).resolve().parent / "golden"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write what comes out as what is expected")


class Ran(NamedTuple):
    """What a command said: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


class Giveback(NamedTuple):
    """The command itself, in a process of its own, with a home of its own and a clock that stands still."""

    home: Path

    @property
    def store(self) -> str:
        return str(self.home / "giveback.db")

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "GIVEBACK_HOME": str(self.home),
            "GIVEBACK_NOW": "2026-11-23T12:00:00+00:00",
            "TZ": "UTC",
            "LC_ALL": "C.UTF-8",
            "NO_COLOR": "1",
            "COLUMNS": "80",
        }

    def run(self, *arguments: str, stdin: str = "", env: dict[str, str] | None = None) -> Ran:
        """Run a command line; the output is decoded strictly, and its line ends are left as they are."""
        done = subprocess.run(
            [sys.executable, "-m", "giveback", *arguments],
            input=stdin.encode(),
            env=self.environment | (env or {}),
            cwd=self.home,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def run_warm(self, *arguments: str) -> Ran:
        """Run a command line in a process of its own that is forked from one that has loaded the libraries."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            code = warm.start(["giveback", *arguments], self.environment, self.home, (out.fileno(), err.fileno()))()
            out.seek(0)
            err.seek(0)
            return Ran(code, out.read().decode(), err.read().decode())

    def run_here(self, *arguments: str, env: dict[str, str] | None = None) -> Ran:
        """Run a command line in this process: much faster, where start-up and bytes are not the point."""
        from giveback.cli.app import run

        out, err = io.StringIO(), io.StringIO()
        with (
            patch.dict(os.environ, self.environment | (env or {}), clear=True),
            contextlib.chdir(self.home),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = run(arguments)
        return Ran(int(code), out.getvalue(), err.getvalue())


@pytest.fixture
def giveback(tmp_path: Path) -> Giveback:
    """Run commands in a fresh home: `giveback.run("show", "ana")`."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    return Giveback(home)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text, byte for byte but for UUIDs, with tests/golden/NAME; --rewrite-golden writes it anew."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        said = UUID.sub("<uuid>", text)
        if request.config.getoption("--rewrite-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(said.encode())
        assert said == path.read_bytes().decode(), f"{path}: pytest --rewrite-golden, and read the difference"

    return compare


@pytest.fixture(scope="module")
def loaded_once() -> Iterator[None]:
    """Load the word vectors and the tact model once for a module whose tests change many small stores."""
    from functools import cache

    from giveback.matching import embedding, tact

    with (
        patch.object(embedding, "load_default", cache(embedding.load_default)),
        patch.object(tact, "load", cache(tact.load)),
    ):
        yield

"""Byte for byte what `suggest` prints on the sample data."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from giveback.dates import now as clock
from giveback.demo.stage import stage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Giveback


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("sample")
    stage(str(home), clock({"GIVEBACK_NOW": "2026-11-23T12:00:00+00:00"}))
    return home


CALLS = {
    "explain-lucja.txt": ("lucja", "--explain"),
    "explain-dale.txt": ("dale", "--explain"),
    "explain-ingrid.txt": ("ingrid", "--explain"),
    "topic.txt": ("dale", "--topic", "offshore wind", "--explain"),
    "all.txt": ("--all",),
    "for-article.txt": ("--for-article", "40"),
    "dale.json": ("dale", "--explain", "--limit", "2", "--json"),
}


@pytest.mark.parametrize("name", CALLS)
def test_what_is_printed(staged: Path, giveback: Giveback, golden: Callable[[str, str], None], name: str) -> None:
    shutil.copytree(staged, giveback.home, dirs_exist_ok=True)
    done = giveback.run("suggest", *CALLS[name])
    assert done.code == 0, done
    golden(f"suggest/{name}", done.out + ("--- stderr\n" + done.err if done.err else ""))

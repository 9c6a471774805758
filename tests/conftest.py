"""What all tests share."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from giveback.dates import Now

SHARED = Path(__file__).resolve().parents[2] / "shared"


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

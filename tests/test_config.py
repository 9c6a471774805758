"""Settings: where they come from, what they may be, and a file that stays the user's."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.cli.app import run
from giveback.cli.configuring import _CHECKS, checked
from giveback.config import SETTINGS, number_setting, places, setting, usual_cadence
from giveback.errors import UsageError


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings file of an empty home."""
    monkeypatch.setenv("GIVEBACK_HOME", str(tmp_path / "home"))
    for key in SETTINGS:
        monkeypatch.delenv("GIVEBACK_" + key.upper().replace(".", "_"), raising=False)
    return tmp_path / "home" / "config.toml"


# Places


def test_home_and_profile_say_where_things_are() -> None:
    assert places({"GIVEBACK_HOME": "/h"}).store == "/h/giveback.db"
    assert places({"GIVEBACK_HOME": "/h", "GIVEBACK_PROFILE": "work"}).store == "/h/giveback-work.db"
    for name in ("../work", "a/b", "-x", "a" * 41, "a b"):
        with pytest.raises(UsageError, match="cannot name a profile"):
            places({"GIVEBACK_HOME": "/h", "GIVEBACK_PROFILE": name})
    assert places({}).store.endswith("/giveback/giveback.db")


def test_every_setting_is_checked_and_its_default_passes() -> None:
    assert set(_CHECKS) == set(SETTINGS)
    for key, known in SETTINGS.items():
        if known.default:
            assert str(checked(key, known.default)) == known.default


# Reading


def test_the_environment_comes_first_then_the_file_then_the_default(file: Path) -> None:
    where = places()
    assert setting(where, "followups.limit") == "20"
    file.parent.mkdir()
    file.write_text("[followups]\nlimit = 7\ncadence = 'never'\n")
    assert number_setting(where, "followups.limit") == 7
    assert usual_cadence(where) is None
    assert setting(where, "followups.limit", {"GIVEBACK_FOLLOWUPS_LIMIT": "3"}) == "3"


def test_a_file_that_is_no_toml_is_said(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.parent.mkdir()
    for content in (b"limit == 3\n", b"\xff\xfe\n"):
        file.write_bytes(content)
        for command in (["list"], ["get", "me.name"], ["set", "me.name", "Ana"], ["unset", "me.name"]):
            assert run(["config", *command]) == 2
            assert "is no TOML" in capsys.readouterr().err
        assert file.read_bytes() == content


# Commands


def test_set_get_list_and_unset(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "set", "followups.cadence", "3w"]) == 0
    assert run(["config", "get", "followups.cadence"]) == 0
    assert capsys.readouterr().out == "followups.cadence: warm -> 3w\n3w\n"
    assert run(["config", "set", "fetch.timeout", "12"]) == 0
    assert file.read_text() == '[followups]\ncadence = "3w"\n\n[fetch]\ntimeout = 12\n'
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    capsys.readouterr()
    assert run(["config", "list", "--json"]) == 0
    found = {record["key"]: (record["value"], record["origin"]) for record in json.loads(capsys.readouterr().out)}
    assert list(found) == list(SETTINGS)
    assert (found["followups.cadence"], found["suggest.limit"]) == (("3w", "file"), ("5", "default"))
    assert run(["config", "list"]) == 0
    assert run(["config", "unset", "fetch.timeout"]) == 0
    assert run(["config", "unset", "fetch.timeout"]) == 0
    assert "timeout" not in file.read_text()
    assert [path.name for path in file.parent.iterdir()] == ["config.toml"]


def test_comments_order_and_links_stay(file: Path, tmp_path: Path) -> None:
    file.parent.mkdir()
    dotfile = tmp_path / "dotfiles.toml"
    dotfile.write_text("# mine\n[me]\nname = 'Ana'  # as on the card\n\n[other]\nx = [1,\n  2]\n")
    file.symlink_to(dotfile)
    assert run(["config", "set", "me.name", "Ana Ruiz"]) == 0
    assert file.is_symlink()
    assert dotfile.read_text() == ('# mine\n[me]\nname = "Ana Ruiz"  # as on the card\n\n[other]\nx = [1,\n  2]\n')


def test_a_dry_run_writes_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "set", "me.name", "Ana", "--dry-run"]) == 0
    assert capsys.readouterr().out == "dry run: me.name: (nothing) -> Ana\n"
    assert run(["config", "unset", "me.name", "--dry-run"]) == 0
    assert not file.parent.exists()


def test_who_sets_what_the_environment_overrides_is_told(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GIVEBACK_ME_NAME", "Bo")
    assert run(["config", "set", "me.name", "Ana"]) == 0
    said = capsys.readouterr()
    assert said.out == "me.name: (nothing) -> Ana\n"
    assert "GIVEBACK_ME_NAME is set in the environment" in said.err
    assert file.exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("me.name", " "), ("me.email", "ana at example"), ("me.email", "a@b\nBcc: c@d"), ("followups.cadence", "often"),
        ("followups.cadence", "0d"), ("followups.limit", "-1"), ("followups.limit", "many"), ("suggest.limit", "٣"),
        ("fetch.connections", "0"), ("fetch.connections", "1000"), ("fetch.timeout", "1.5"), ("tact.allow", "gossip"),
        ("tact.threshold", "0"), ("tact.threshold", "1.1"), ("tact.threshold", "strict"), ("tact.threshold", "nan"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_written(
    file: Path, key: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["config", "set", "--", key, value]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not file.exists()


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        ("me.email", " ana@example.com ", "ana@example.com"), ("followups.cadence", "Never", "never"),
        ("followups.cadence", "every 2 months", "every 2 months"),
        ("tact.allow", "Illness,religion", "illness, religion"),
        ("tact.threshold", ".30", "0.3"), ("suggest.limit", "0", 0), ("me.name", "Ana \x1b[31mRuiz", "Ana Ruiz"),
    ],
)  # fmt: skip
def test_what_can_be_is_kept_clean(key: str, value: str, kept: str | int) -> None:
    assert checked(key, value) == kept


def test_an_unknown_setting_is_refused_with_the_nearest(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["get", "folowups.limit"], ["set", "folowups.limit", "3"], ["unset", "folowups.limit"]):
        assert run(["config", *command]) == 2
        assert "did you mean followups.limit?" in capsys.readouterr().err
    assert not file.exists()


def test_a_section_that_is_no_table_is_said(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.parent.mkdir()
    file.write_text("me = 3\n")
    assert run(["config", "set", "me.name", "Ana"]) == 2
    assert "no table" in capsys.readouterr().err
    assert run(["config", "get", "me.name"]) == 0


def test_a_place_that_cannot_be_written_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GIVEBACK_HOME", str(tmp_path / "file"))
    assert run(["config", "set", "me.name", "Ana"]) == 5
    assert "nothing was changed" in capsys.readouterr().err


@given(value=st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_name_comes_back_as_it_was_kept(value: str) -> None:
    import tempfile

    from giveback.cli import configuring

    try:
        kept = checked("me.name", value)
    except UsageError:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "config.toml"))
        document = configuring._document(path)
        configuring._table(document, "me", path)["name"] = kept
        configuring._write(path, document)
        assert setting(places({"GIVEBACK_HOME": folder}), "me.name", {}) == kept

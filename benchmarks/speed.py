"""Time the morning commands as whole processes, in turn with what they are compared with.

    python benchmarks/speed.py [--giveback COMMAND] [--runs 9] [--scratch FOLDER] [--large] [--khard COMMAND]

Commands run one after the other, round by round, so that a slow moment of the machine hits all of
them; a ratio is taken within each round and the median of the ratios is printed. Measure an
installed wheel (`pipx install .`), not the source tree. Stores are made once by stores.py and kept
in the scratch folder.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from stores import make

from giveback.store import connect

FLOOR = "python -c pass"


def main() -> None:
    """Print a table of medians and ratios."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--giveback", default=shutil.which("giveback") or "giveback")
    ask.add_argument("--runs", type=int, default=9)
    ask.add_argument("--scratch", type=Path, default=Path("/tmp/giveback-speed"))  # noqa: S108 - a benchmark's scratch
    ask.add_argument("--large", action="store_true", help="also 10,000 contacts with 100,000 articles")
    ask.add_argument("--khard", default=shutil.which("khard") or "")
    ask.add_argument("--sqlite-utils", default=shutil.which("sqlite-utils") or "")
    wanted = ask.parse_args()
    python = str(Path(shlex.split(wanted.giveback)[0]).resolve().parent / "python")
    python = python if Path(python).exists() else sys.executable
    sizes = {"1,000": (1_000, 10_000, 0), "10,000": (10_000, 100_000, 0)}
    if wanted.large:
        sizes["10,000 with 100,000 articles"] = (10_000, 100_000, 100_000)
    rows: dict[str, Command] = {FLOOR: ([python, "-c", "pass"], {})}
    for label, size in sizes.items():
        rows |= _commands(wanted, label, _home(wanted.scratch, size), has_articles=bool(size[2]))
    _print(_measure(rows, wanted.runs))


Command = tuple[list[str], dict[str, str]]


def _home(scratch: Path, size: tuple[int, int, int]) -> Path:
    home = scratch / "-".join(map(str, size))
    if not home.exists():
        print(f"making a store of {size}", file=sys.stderr)
        make(home, *size)
    return home


def _commands(wanted: argparse.Namespace, label: str, home: Path, *, has_articles: bool) -> dict[str, Command]:
    giveback = shlex.split(wanted.giveback)
    env = {"GIVEBACK_HOME": str(home), "GIVEBACK_NOW": "2026-11-20T09:00:00"}
    found: dict[str, Command] = {}
    if label == "1,000":
        found["giveback --version"] = ([*giveback, "--version"], env)
        found["giveback --help"] = ([*giveback, "--help"], env)
        found["python -c 'import sqlmodel'"] = ([_python(giveback), "-c", "import sqlmodel"], {})
        found["giveback log (a change)"] = ([*giveback, "log", "person1@example.com", "coffee"], env)
    if has_articles:
        found[f"suggest NAME, {label}"] = ([*giveback, "suggest", "person77@example.com"], env)
        found[f"articles 'one word', {label}"] = ([*giveback, "articles", "sourdough"], env)
        found[f"followups, {label}"] = ([*giveback, "followups"], env)
        if wanted.sqlite_utils:
            question = (
                "SELECT a.title FROM article_fts f JOIN article a ON a.id = f.rowid"
                " WHERE article_fts MATCH 'sourdough' ORDER BY f.rank LIMIT 20"
            )
            words = [str(home / "giveback.db"), question]
            found[f"sqlite-utils search, {label}"] = ([*shlex.split(wanted.sqlite_utils), *words], {})
        return found
    found[f"followups, {label}"] = ([*giveback, "followups"], env)
    words = ["giveback", "suggest", "kasia"]
    found[f"completion of a name, {label}"] = ([*giveback, "--complete", "bash", "2", *words], env)
    if wanted.khard:
        found[f"khard list, {label}"] = ([*shlex.split(wanted.khard), "list"], _khard(home))
    return found


def _python(giveback: list[str]) -> str:
    beside = Path(giveback[0]).resolve().parent / "python"
    return str(beside) if beside.exists() else sys.executable


def _khard(home: Path) -> dict[str, str]:
    """A vdir of the same people, and a configuration that names it."""
    book, config = home / "vcards", home / "khard.conf"
    if not book.exists():
        book.mkdir()
        connection = connect.read(str(home / "giveback.db"))
        assert connection is not None
        for number, uuid, name in connection.execute("SELECT id, uuid, name FROM contact"):
            first, _, last = name.partition(" ")
            card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{uuid}\r\nFN:{name}\r\nN:{last};{first};;;\r\n"
            card += f"NICKNAME:{first}\r\nEMAIL;TYPE=HOME:person{number}@example.com\r\n"
            card += f"EMAIL;TYPE=WORK:{number}@work.example.com\r\nTEL;TYPE=CELL:+1 555 {number:07}\r\n"
            card += f"ADR;TYPE=HOME:;;{number} Main Street;Houston;TX;77001;USA\r\nORG:{last} & Co\r\n"
            card += "TITLE:Engineer\r\nBDAY:1980-03-14\r\nCATEGORIES:alumni,energy\r\n"
            card += "NOTE:met at the alumni mixer\\, likes orchids and old motorcycles\r\nEND:VCARD\r\n"
            (book / f"{uuid}.vcf").write_text(card)
    config.write_text(f"[addressbooks]\n[[people]]\npath = {book}\n[general]\ndefault_action = list\n")
    return {"KHARD_CONFIG": str(config), "HOME": str(home)}


def _measure(rows: dict[str, Command], runs: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in rows}
    for number in range(runs + 1):
        for name, (words, env) in rows.items():
            took = _once(words, env)
            if number:  # the first round warms the caches
                times[name].append(took)
    return times


def _once(words: list[str], env: dict[str, str]) -> float:
    everything = {**os.environ, **env}
    everything.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    done = subprocess.run(words, env=everything, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    took = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{shlex.join(words)} ended with {done.returncode}: {done.stderr.decode()}")
    return took


def _print(times: dict[str, list[float]]) -> None:
    print("| command | median ms | x python -c pass |")
    print("| --- | --- | --- |")
    for name, own in times.items():
        ratio = statistics.median(a / b for a, b in zip(own, times[FLOOR], strict=True))
        print(f"| {name} | {statistics.median(own) * 1e3:.0f} | {ratio:.1f} |")
    for name, theirs in times.items():
        for peer, ours in (("khard list, ", "followups, "), ("sqlite-utils search, ", "articles 'one word', ")):
            size = name.removeprefix(peer)
            if size != name:
                pairs = zip(times[ours + size], theirs, strict=True)
                print(f"{ours}{size} / {name}: {statistics.median(a / b for a, b in pairs):.3f}")
    change, floor = times.get("giveback log (a change)"), times.get("python -c 'import sqlmodel'")
    if change and floor:
        print(f"a change / import sqlmodel: {statistics.median(a / b for a, b in zip(change, floor, strict=True)):.2f}")


if __name__ == "__main__":
    main()

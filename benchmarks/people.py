"""Import of vCards as whole processes, beside vobject merely reading them, in one run.

    python benchmarks/people.py [--cards 10000] [--runs 7] [--giveback giveback] [--python PYTHON-WITH-VOBJECT]

The commands take turns: vobject reads a file, giveback imports it into an empty store, giveback imports it again
(nothing has changed), and giveback imports it with a new job in each tenth card. CPU time (user and system) is
compared, since a busy machine stretches wall time.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

FIRST = "Ana Bo Cy Di Ed Fay Gus Ida Jo Kim Łukasz José".split()  # noqa: SIM905 - names
READS = """
import sys, vobject
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    print(sum(1 for _ in vobject.readComponents(file)))
"""


class Spent(NamedTuple):
    """CPU seconds and the largest resident size in MB of one process."""

    cpu: float
    memory: float


def card(number: int, title: str) -> str:
    """A card as address books of phones write it: 15 properties, one of them folded."""
    first = FIRST[number % len(FIRST)]
    lines = (
        f"UID:uid-{number}", f"N:Person{number};{first};;;", f"FN:{first} Person{number}",
        f"ORG:Org {number % 700};Unit",
        f"TITLE:{title}", f"EMAIL;TYPE=INTERNET,WORK:p{number}@example.org", f"TEL;TYPE=CELL:+1 555 {number:07d}",
        f"ADR;TYPE=HOME:;;{number} Pier Rd;Port Lee;ME;04000;United States",
        f"BDAY:19{number % 90 + 10}-0{number % 9 + 1}-1{number % 9}", "CATEGORIES:friends",
        "NOTE:Met in Lisbon\\, 2023.\\nPrefers e-mail\\; no calls. Long enough to be folded\r\n  here once.",
        "X-CUSTOM;X-A=b:some value", "REV:20230101T000000Z",
    )  # fmt: skip
    return "\r\n".join(("BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD", ""))


def write(path: Path, cards: int, *, moved: bool) -> None:
    """Write a file of cards; `moved` gives each tenth a new job."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for number in range(cards):
            new = moved and number % 10 == 0
            file.write(card(number, f"Head of {number % 50}" if new else f"Engineer {number % 50}"))


def spend(command: list[str], home: Path) -> Spent:
    """Run a command to its end."""
    environment = {**os.environ, "GIVEBACK_HOME": str(home)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[:3]} ended with {process.returncode}")
    return Spent(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / (1024 * (1024 if sys.platform == "darwin" else 1)))


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--giveback", default="giveback")
    parser.add_argument("--python", default=sys.executable, help="an interpreter that has vobject")
    said = parser.parse_args()
    rounds: list[dict[str, Spent]] = []
    with tempfile.TemporaryDirectory() as folder:
        first, later = Path(folder, "people.vcf"), Path(folder, "later.vcf")
        write(first, said.cards, moved=False)
        write(later, said.cards, moved=True)
        for turn in range(said.runs):
            home = Path(folder, f"home{turn}")
            imports = [said.giveback, "import", str(first)]
            rounds.append(
                {
                    "vobject reads them": spend([said.python, "-c", READS, str(first)], home),
                    "`giveback import`, all new": spend(imports, home),
                    "the same again, nothing changed": spend(imports, home),
                    "again, a tenth changed": spend([said.giveback, "import", str(later)], home),
                }
            )
    print(f"{said.cards:,} cards, medians of {said.runs} rounds\n")
    print("| what | CPU | / vobject | memory |\n| --- | --- | --- | --- |")
    for name in rounds[0]:
        ratio = statistics.median(one[name].cpu / one["vobject reads them"].cpu for one in rounds)
        cpu = statistics.median(one[name].cpu for one in rounds)
        memory = statistics.median(one[name].memory for one in rounds)
        print(f"| {name} | {cpu:.2f} s | {ratio:.2f} | {memory:.0f} MB |")


if __name__ == "__main__":
    main()

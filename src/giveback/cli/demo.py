"""The demonstration: the morning routine, by the real commands, on sample data."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from giveback.cli.common import family, note
from giveback.errors import UsageError

app = family()

SESSION = (
    ("Who is due this morning, why, and what to give them?", "giveback followups"),
    ("Łucja passed your résumé on and was not thanked. What would she like?", "giveback suggest lucja"),
    (
        "Give her the first one: a casual note that names the interest. It is logged.",
        "giveback give lucja 1 --via email",
    ),
    ("Not everything suits: the second one is not for Dale.", "giveback suggest dale --limit 3"),
    ("", "giveback dismiss dale 2"),
    ("What else could he be given? What you found out, made, or have time for.", "giveback suggest dale --offers"),
    ("Whom do I know at a company that I want to reach?", "giveback who halden"),
    ("A promise, in one line.", 'giveback promise khalid "send the chart of charter rates" --by friday'),
    ("Changed your mind? Every change can be taken back.", "giveback undo"),
    ("And the whole morning on one page.", "giveback today"),
)


@app.command("demo")
def demo(
    keep: Annotated[str, typer.Option(metavar="FOLDER", help="Keep the sample store in this new folder.")] = "",
) -> None:
    """The morning routine on sample data, in a temporary store.

    The people and articles are invented. They go through the same pipeline as real ones: feeds are
    read from files, parsed, embedded, judged and ranked. Your own store is not touched.

    Example: giveback demo
    """
    if keep:
        if os.path.exists(keep) and os.listdir(keep):
            raise UsageError(f"{keep} is not empty", "name a new folder")
        _play(os.path.abspath(keep))
        note(f"The sample store stays: export GIVEBACK_HOME={shlex.quote(os.path.abspath(keep))}")
        return
    with TemporaryDirectory(prefix="giveback-demo-") as folder:
        _play(folder)


def _play(folder: str) -> None:
    from giveback.dates import now
    from giveback.demo.stage import stage

    print("This is sample data: invented people, invented articles, a temporary store.")
    sys.stdout.flush()
    staged = stage(folder, now())
    print(
        f"{staged.contacts} contacts; {staged.feeds} feeds read from files, {staged.articles} articles embedded and "
        f"ranked, {staged.sensitive} held back as sensitive."
    )
    for said, command in SESSION:
        print()
        if said:
            print(f"# {said}")
        print(f"$ {command}")
        sys.stdout.flush()
        _run(command, folder)
    print()
    print('Now with your own people: giveback add-contact "NAME" --interest "..." --every 3w')


def _run(command: str, folder: str) -> None:
    """Run one command as a user would, in the sample store; what it prints goes where ours goes."""
    environment = {name: value for name, value in os.environ.items() if name != "GIVEBACK_PROFILE"}
    environment["GIVEBACK_HOME"] = folder
    words = shlex.split(command)[1:]
    done = subprocess.run([sys.executable, "-m", "giveback", *words], env=environment, stderr=sys.stdout, check=False)  # noqa: S603 - our own commands
    if done.returncode:
        raise SystemExit(done.returncode)

"""The worksheet for the huddle."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import Here, Json, family, here, note, questions, told_when_long
from giveback.config import setting
from giveback.errors import NotFoundError, RejectedError, UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from giveback.asking.huddle import Shared
    from giveback.asking.worksheet import Page
    from giveback.store.questions.targets import TargetRow

app = family()


@app.command("worksheet")
def worksheet(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TARGET]...", help="Which targets; all open ones without. Files, with --merge."),
    ] = None,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="A .md, .html or .pdf file; .json with --share.")
    ] = "",
    share: Annotated[
        str,
        typer.Option(
            metavar="PARTS", help="What the group may see: needs, counts, steps, names, companies; or targets."
        ),
    ] = "",
    merge: Annotated[
        list[str] | None, typer.Option("--merge", metavar="FILE", help="Put shared worksheets together.")
    ] = None,
    json: Json = False,
) -> None:
    """The Monday huddle: per target, who, what I need, what I can offer, the next step.

    With --share it writes what you choose to show to your group, and never anybody's notes or addresses;
    --merge makes the group's overview out of such files.

    Example: giveback worksheet -o worksheet.pdf
    """
    at = here()
    if merge:
        _merge(at, [*merge, *(names or ())], output, json=json)
        return
    connection = questions(at)
    targets = _targets(connection, names or ())
    assert connection is not None
    found = _pages(at, connection, targets)
    if share:
        _share(at, connection, found, share, output)
        return
    title = f"Worksheet, week of {_week(at)}" + (f", {name}" if (name := setting(at.places, "me.name")) else "")
    _give_out(at, title, found, output, json=json)


def _targets(connection: sqlite3.Connection | None, names: Sequence[str]) -> list[TargetRow]:
    from giveback.cli.aims import target_of
    from giveback.store.questions.targets import listed

    if names:
        return list({row.id: row for row in (target_of(connection, name) for name in names)}.values())
    rows = listed(connection) if connection is not None else []
    if not rows:
        raise NotFoundError("there are no targets yet", 'giveback target add "Shell" --need "who hires there"')
    return rows


def _pages(at: Here, connection: sqlite3.Connection, targets: Sequence[TargetRow]) -> list[Page]:
    from giveback.asking.worksheet import pages
    from giveback.cli.aims import choice_of, rules_of_gifts

    book = rules_of_gifts(at)
    with told_when_long() as tell:
        found = []
        for target in targets:
            found += pages(connection, [target], at.now.today, choice_of(at, 1), book)
            tell("looking for who can help", 1)
    return found


def _week(at: Here) -> str:
    from giveback.asking.worksheet import week_of
    from giveback.dates import full_day

    return full_day(week_of(at.now.today))


def _give_out(at: Here, title: str, found: Sequence[Page], output: str, *, json: bool) -> None:
    """Print the worksheet, or write it into a file."""
    from giveback.asking.sheets import markdown

    if json:
        from giveback.output import records

        records.show([_record(page) for page in found])
        return
    if not output:
        sys.stdout.write(markdown(title, found))
        return
    from giveback.cli.common import say

    say(f"worksheet · {len(found)} {'page' if len(found) == 1 else 'pages'} · {_written(at, title, found, output)}")


def _written(at: Here, title: str, found: Sequence[Page], output: str) -> str:
    from giveback.asking.sheets import markdown, sheet_data
    from giveback.cli.cards import usual_paper
    from giveback.printing.making import checked_path, make
    from giveback.writing import put

    checked_path(output, (".md", ".html", ".htm", ".pdf"))
    if output.lower().endswith(".md"):
        put(output, markdown(title, found).encode())
        return output
    paper = setting(at.places, "print.paper") or usual_paper(os.environ)
    made = make(
        "worksheet", sheet_data(title, found, paper=paper, author=setting(at.places, "me.name")), output, at.now, {}
    )
    for remark in made.remarks:
        note(remark)
    return made.path


def _share(at: Here, connection: sqlite3.Connection, found: Sequence[Page], parts: str, output: str) -> None:
    from giveback.asking.huddle import checked_parts, share
    from giveback.cli.common import say
    from giveback.output.records import dumps
    from giveback.printing.making import checked_path
    from giveback.store.questions.targets import people
    from giveback.writing import put

    chosen = checked_parts(parts)
    companies = (row.company for row in people(connection)) if "companies" in chosen else ()
    text = dumps(share(setting(at.places, "me.name"), found, companies, chosen, at.now.today)) + "\n"
    if not output:
        sys.stdout.write(text)
        return
    put(checked_path(output, (".json",)), text.encode())
    say(f"shared {', '.join(sorted(chosen)) or 'targets'} · {output}")


def _merge(at: Here, files: Sequence[str], output: str, *, json: bool) -> None:
    from giveback.asking.huddle import merged

    group, refused = _read(files)
    if group:
        _give_out(at, f"Huddle of {len(group)}, week of {_week(at)}", merged(group), output, json=json)
    for error in refused[:-1] if refused else ():
        note(f"{error.message} ({error.hint})")
    if refused:
        last = refused[-1]
        raise (RejectedError if group else UsageError)(last.message, last.hint)


def _read(files: Sequence[str]) -> tuple[list[Shared], list[UsageError]]:
    """What could be read of the files, and what was wrong with the others."""
    from giveback.asking.huddle import read_shared

    group, refused = [], []
    for path in files:
        try:
            with open(path, "rb") as file:
                group.append(read_shared(file.read(2_000_000), path))
        except OSError as error:
            refused.append(UsageError(f"{path} cannot be read: {error.strerror}", "give the files that were shared"))
        except UsageError as error:
            refused.append(error)
    return group, refused


def _record(page: Page) -> dict[str, object]:
    return {
        "target": page.name,
        "state": page.state,
        "about": page.about or None,
        "needs": [{"text": text, "met": met} for text, met in page.needs],
        "people": [{field: value or None for field, value in row._asdict().items()} for row in page.people],
    }

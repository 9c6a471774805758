"""Sheets as files: PDF where Typst is there, else HTML that a browser prints."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from giveback.errors import UsageError
from giveback.printing import typesetting
from giveback.writing import put

if TYPE_CHECKING:
    from collections.abc import Mapping

    from giveback.dates import Now

SUFFIXES = (".pdf", ".html", ".htm")


class Made(NamedTuple):
    """A sheet that was written.

    Attributes:
        path: its file.
        remarks: what the user should know of it, a sentence each: what was left out, what to install.
    """

    path: str
    remarks: tuple[str, ...] = ()


def checked_path(path: str, suffixes: tuple[str, ...] = SUFFIXES) -> str:
    """Refuse a file whose name does not say what it is to be.

    Raises:
        UsageError: another suffix.
    """
    if os.path.splitext(path)[1].lower() not in suffixes:
        raise UsageError(f"{path!r} says not what it is to be", f"let its name end in {' or '.join(suffixes)}")
    return path


def make(template: str, data: Mapping[str, Any], path: str, now: Now, page: Mapping[str, object]) -> Made:
    """Write a sheet.

    Args:
        template: card, handout or worksheet.
        data: what stands on it.
        path: a file that ends in .pdf or .html; without Typst, HTML is written beside where the PDF would be.
        now: the clock.
        page: what only the HTML needs.

    Raises:
        UnfitError: a part is too large for the paper.
        UsageError, StoreError: the name is no such file's; it cannot be written.
    """
    checked_path(path)
    base, suffix = os.path.splitext(path)
    remarks: tuple[str, ...] = ()
    if suffix.lower() == ".pdf" and typesetting.available():
        missing = typesetting.unwritable(data)
        if missing:
            remarks = (f"no font on this computer has {missing}: install one, such as Noto, and print again",)
        put(path, typesetting.pdf(template, data, now))
        return Made(path, remarks)
    if suffix.lower() == ".pdf":
        path = base + ".html"
        remarks = ("a PDF needs Typst (pip install 'giveback[print]'): this page prints from a browser, at 100 %",)
    from giveback.printing.pages import html

    put(path, html(template, data, **page).encode())
    return Made(path, remarks)

"""The same sheets as HTML, for those without Typst: a browser prints them."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment


def html(template: str, data: Mapping[str, Any], **more: object) -> str:
    """Set a template of this package as an HTML page that needs nothing else.

    Args:
        template: card, handout or worksheet.
        data: as for `typesetting.pdf`; every string is escaped.
        more: what only the page needs.
    """
    return _environment().get_template(f"{template}.html").render(**{**data, **more})


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    folder = resources.files("giveback.printing") / "templates"
    return Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

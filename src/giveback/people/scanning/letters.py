"""The letters on a photo, by Tesseract (https://tesseract-ocr.github.io), where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from io import BytesIO
from typing import TYPE_CHECKING

from giveback.errors import UsageError
from giveback.text import clean_line

if TYPE_CHECKING:
    from PIL.Image import Image

SECONDS = 60


def lines(picture: Image, name: str) -> list[str]:
    """The lines of text on a picture, from top to bottom.

    Args:
        picture: as `pictures.photo` makes it.
        name: its file, for messages.

    Raises:
        UsageError: Tesseract is not installed, or cannot read the picture.
    """
    program = shutil.which("tesseract")
    if program is None:
        raise UsageError(
            f"{name} has no QR code, and reading its letters needs Tesseract",
            "install it (apt install tesseract-ocr, brew install tesseract), or type what the card says",
        )
    held = BytesIO()
    picture.save(held, "PNG")
    try:
        done = subprocess.run(  # noqa: S603 - a program of that name, with words of ours and no shell
            [program, "stdin", "stdout", "--psm", "6"],
            input=held.getvalue(),
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise UsageError(f"Tesseract cannot read {name}", "type what the card says") from error
    found = (clean_line(line) for line in done.stdout.decode("utf-8", "replace").splitlines())
    return [line for line in found if line]

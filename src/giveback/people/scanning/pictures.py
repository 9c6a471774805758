"""Photos, made ready to be read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from giveback.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from PIL.Image import Image

PIXELS = 60_000_000
"""More than any telephone takes; a picture that claims more is no photo of a card."""
BYTES = 50_000_000
LONG_SIDE = (1_600, 2_600)
"""Between these, letters on a card have the size that is read best."""


def photo(path: str) -> Image:
    """A photo in grey, upright, in a size to be read.

    Args:
        path: a JPEG, PNG, WebP, GIF, BMP or TIFF file.

    Raises:
        NotFoundError: there is no such file.
        UsageError: it is no picture, or far too large.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        if os.path.getsize(path) > BYTES:
            raise UsageError(f"{path} is larger than {BYTES // 1_000_000} MB", "take a smaller photo of the card")
        with Image.open(path) as picture:
            if picture.width * picture.height > PIXELS:
                raise UsageError(f"{path} has {picture.width} by {picture.height} pixels", "take a smaller photo")
            return _sized(ImageOps.autocontrast(ImageOps.exif_transpose(picture).convert("L")))
    except FileNotFoundError as error:
        raise NotFoundError(f"there is no file {path}", "give the photo of a card: --card photo.jpg") from error
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise UsageError(f"{path} is no picture that can be read", "use a JPEG or PNG photo") from error


def _sized(picture: Image) -> Image:
    least, most = LONG_SIDE
    side = max(picture.size)
    wanted = min(max(side, least), most)
    if side == wanted:
        return picture
    share = wanted / side
    return picture.resize((max(1, round(picture.width * share)), max(1, round(picture.height * share))))

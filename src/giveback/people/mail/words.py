"""Encoded words (RFC 2047) in all the forms that mail programs write, and raw bytes where none should be."""

from __future__ import annotations

import binascii
import re
from itertools import groupby

# The charset may name a language (RFC 2231, 5); the text may hold spaces, which it should not.
_WORD = re.compile(r"=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*)*)\?=")
_GAP = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]+\?[bBqQ]\?)")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
# What is written, and what was meant by it: supersets that hold every character of the named one.
_CHARSETS = {
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "iso-8859-8-i": "iso-8859-8",
    "utf8": "utf-8",
    "unknown-8bit": "utf-8",
    "x-unknown": "utf-8",
    "cp-850": "cp850",
}


def decode(value: str) -> str:
    """The text of a header field.

    Neighbouring words of one charset are joined before they are decoded, since some programs split characters;
    raw bytes are UTF-8 where they can be, else Windows-1252.

    Args:
        value: as `headers.fields` gives it: bytes beyond ASCII are surrogates.

    Returns:
        Text that may still hold controls: it is to be cleaned where it goes on.
    """
    if "=?" not in value:
        return raw_text(value)
    parts: list[tuple[str, bytes | str]] = []
    last = 0
    joined = _GAP.sub(r"\1", value)
    for word in _WORD.finditer(joined):
        if word.start() > last:
            parts.append(("", joined[last : word.start()]))
        parts.append((word[1].lower(), _bytes(word[2], word[3])))
        last = word.end()
    parts.append(("", joined[last:]))
    said = []
    for charset, group in groupby(parts, key=lambda part: part[0]):
        texts = [text for _, text in group]
        if charset:
            said.append(bytes_to_text(b"".join(text for text in texts if isinstance(text, bytes)), charset))
        else:
            said += [raw_text(text) for text in texts if isinstance(text, str)]
    return "".join(said)


def _bytes(encoding: str, text: str) -> bytes:
    data = text.encode("ascii", "surrogateescape")
    if encoding in "qQ":
        return _HEX.sub(lambda byte: bytes([int(byte[1], 16)]), data.replace(b"_", b" "))
    data = re.sub(rb"[^A-Za-z0-9+/]", b"", data.rstrip(b"= "))
    if len(data) % 4 == 1:
        data = data[:-1]  # a character that says less than a byte
    return binascii.a2b_base64(data + b"=" * (-len(data) % 4))


def bytes_to_text(data: bytes, charset: str) -> str:
    """Decode bytes of a charset as it was named; what it cannot hold becomes a replacement character."""
    name = charset.lower().strip("\"' ")
    name = _CHARSETS.get(name, name)
    try:
        return data.decode(name, "replace" if name != "utf-8" else "strict")
    except (LookupError, UnicodeDecodeError, ValueError):
        # A charset that nobody knows, a codec that is none of text, or UTF-8 that is none.
        return _guessed(data)


def raw_text(value: str) -> str:
    """Text with bytes beyond ASCII in it, decoded."""
    if value.isascii():
        return value
    return _guessed(value.encode("utf-8", "surrogateescape"))


def _guessed(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")

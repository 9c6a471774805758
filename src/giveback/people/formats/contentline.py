"""Content lines: cards taken apart into property, parameters and value.

vCard 2.1 (https://web.archive.org/web/2015/http://www.imc.org/pdi/vcard-21.txt), 3.0 (RFC 2426) and 4.0 (RFC 6350), and
what programs made of them: any line ends, blank lines between, lines broken without a mark, cards that are never
closed, a card inside a card, several encodings in one file. Nothing here raises, whatever the bytes.
"""

from __future__ import annotations

import binascii
import io
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LONGEST = 256 * 1024
"""Bytes of one property that are read; the rest of a longer one is passed over."""

_STARTS = re.compile(rb"[A-Za-z0-9_./-]+\s?[;:]")


class Line(NamedTuple):
    """A property.

    Attributes:
        number: the line of the file that it begins at, the first is 1.
        group: what stands before the dot ("item1"), or "".
        name: in upper case.
        params: values by upper-case name; the bare ones of 2.1 are TYPEs.
        value: decoded, but still escaped.
        head: group, name and parameters as they were written.
    """

    number: int
    group: str
    name: str
    params: Mapping[str, Sequence[str]]
    value: str
    head: str


class Card(NamedTuple):
    """A card: where it begins, which bytes of the file it is, its properties; why it cannot be used, or ""."""

    number: int
    start: int
    end: int
    lines: list[Line]
    problem: str


def as_utf8(data: bytes) -> bytes:
    """The same text in bytes that can be gone through line by line.

    UTF-16 is written anew as UTF-8, with a byte order mark or told by its zeros; a mark of UTF-8 goes, and
    line ends that are carriage returns alone become line feeds.
    """
    wide = _wide(data[:200])
    if wide:
        data = data.decode(wide, "replace").encode("utf-8", "replace")
    data = data.removeprefix(b"\xef\xbb\xbf")
    if b"\r" in data and b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    return data


def _wide(start: bytes) -> str:
    if start.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    half = len(start) // 2
    if half and start[0:2] != b"\0\0":
        if start[0::2].count(0) > half * 0.7:
            return "utf-16-be"
        if start[1::2].count(0) > half * 0.7:
            return "utf-16-le"
    return ""


def cards(data: bytes) -> Iterator[Card]:
    """Take a file apart into its cards.

    Args:
        data: as `as_utf8` returns it.

    Yields:
        Every card; text around and between them is passed over.
    """
    lines: list[Line] | None = None
    number = start = nested = 0
    for at, place, end, raw in _unfolded(data):
        mark = raw.strip().upper() if raw[:1] in b"BbEe" else b""
        if mark == b"BEGIN:VCARD":
            if nested or (lines and lines[-1].name == "AGENT" and not lines[-1].value):
                nested += 1
                continue
            if lines is not None:  # the card before was never closed
                yield Card(number, start, place, lines, "")
            lines, number, start = [], at, place
        elif mark == b"END:VCARD":
            if nested:
                nested -= 1
            elif lines is not None:
                yield Card(number, start, end, lines, "")
                lines = None
        elif lines is not None and not nested and (line := parsed(raw, at)):
            lines.append(line)
    if lines is not None:
        yield Card(number, start, len(data), lines, "the file ends inside of this card")


def _unfolded(data: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    """Whole lines: number, where it begins and ends in the file, and its bytes.

    A line goes on where the next begins with a space (RFC 6350, 3.2), after the soft break of quoted-printable
    (RFC 2045, 6.7), and where the next cannot be the beginning of a property.
    """
    current, number, begin, end = b"", 0, 0, 0
    quoted = bare = soft = False
    rest: list[bytes] = []
    size = place = 0
    starts = _STARTS.match
    for at, raw in enumerate(io.BytesIO(data), start=1):
        here, place = place, place + len(raw)
        line = raw.rstrip(b"\r\n") if len(raw) < LONGEST else raw[:LONGEST]
        if not (soft and line.strip().upper() != b"END:VCARD") and starts(line):
            if current:
                yield number, begin, end, current + b"".join(rest) if rest else current
            current, number, begin, end, rest, size = line, at, here, place, [], len(line)
            quoted = bare = soft = False
            if b";" in line:
                quoted, bare = _encoding(line.partition(b":")[0])
                soft = quoted and line.endswith(b"=")
            continue
        if not current or not (soft or line.strip()):
            continue
        end = place
        if size < LONGEST:
            more = _more(line, soft=soft, bare=bare)
            if soft and rest:
                rest[-1] = rest[-1][:-1]
            elif soft:
                current = current[:-1]
            rest.append(more)
            size += len(more)
        soft = quoted and line.endswith(b"=")
    if current:
        yield number, begin, end, current + b"".join(rest)


@lru_cache(maxsize=4_096)
def _encoding(head: bytes) -> tuple[bool, bool]:
    """Whether a property is quoted-printable, and whether it is that or base64."""
    said = head.upper()
    quoted = b"QUOTED-PRINTABLE" in said
    return quoted, quoted or bool(re.search(rb"[;=](?:B|BASE64)(?=;|$)", said))


def _more(line: bytes, *, soft: bool, bare: bool) -> bytes:
    """What a line adds to the one before."""
    if soft:
        return line
    if line[:1] in b" \t":
        return line[1:]
    return line if bare else b"\\n" + line


def parsed(raw: bytes, number: int) -> Line | None:
    """Take one whole line apart; None where there is no property in it."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = _otherwise(raw)
    head, colon, value = text.partition(":")
    if '"' in head:
        head, colon, value = _outside_quotes(text)
    if not colon:
        return None
    group, name, params = _head(head)
    if not name:
        return None
    encoding = params and params.get("ENCODING")
    if encoding and encoding[-1].upper() == "QUOTED-PRINTABLE":
        value = _unquoted(value, params)
    elif "\0" in value:
        value = value.replace("\0", "")
    return Line(number, group, name, params, value, head)


def _otherwise(raw: bytes) -> str:
    """The text of a line that is not UTF-8, as it says or as it may be."""
    head = raw.partition(b":")[0].decode("latin-1")
    charset = re.search(r";CHARSET=([\w.-]+)", head, re.IGNORECASE)
    return decoded(raw, charset[1] if charset else "")


def decoded(raw: bytes, charset: str = "") -> str:
    """Text of bytes that may be in any encoding of one byte: as it says, UTF-8, or that of old Windows."""
    for encoding in (charset, "utf-8", "cp1252"):
        try:
            if encoding:
                return raw.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return raw.decode("latin-1")


def _outside_quotes(text: str) -> tuple[str, str, str]:
    """Head and value, parted by the first colon that is in no quotes; by the first one where quotes do not pair."""
    quoted = False
    for place, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character == ":" and not quoted:
            return text[:place], ":", text[place + 1 :]
    return text.partition(":")


_NO_PARAMS: Mapping[str, Sequence[str]] = {}
_ENCODINGS = {"QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT", "B", "Q"}


@lru_cache(maxsize=4_096)
def _head(head: str) -> tuple[str, str, Mapping[str, Sequence[str]]]:
    """Group, name and parameters; files say the same again and again."""
    first, *rest = _pieces(head) if '"' in head else head.split(";")
    group, _, name = first.strip().rpartition(".")
    if not rest:
        return group, name.upper(), _NO_PARAMS
    params: dict[str, list[str]] = {}
    for piece in rest:
        key, equals, said = piece.partition("=")
        key = key.strip().upper()
        if not equals:  # vCard 2.1 writes the value alone
            key, said = "ENCODING" if key in _ENCODINGS else "TYPE", piece.strip()
        params.setdefault(key, []).extend(_values(said))
    return group, name.upper(), params


def _pieces(head: str) -> list[str]:
    return re.findall(r'(?:"[^"]*"?|[^;"])+', head) or [head]


def _values(said: str) -> list[str]:
    """The values of a parameter, with the escapes of RFC 6868."""
    found = re.findall(r'"([^"]*)"?|([^,"]+)', said)
    return [_SIGN.sub(_unsigned, quoted or plain.strip()) for quoted, plain in found]


_SIGN = re.compile(r"\^[n'^]")


def _unsigned(found: re.Match[str]) -> str:
    return {"n": "\n", "'": '"', "^": "^"}[found[0][1]]


def _unquoted(value: str, params: Mapping[str, Sequence[str]]) -> str:
    """Decode quoted-printable between semicolons: those that are encoded separate nothing."""
    charset = params["CHARSET"][-1] if params.get("CHARSET") else ""

    def plain(piece: str) -> str:
        text = decoded(binascii.a2b_qp(piece.encode("utf-8", "replace")), charset)
        return text.replace("\0", "").replace(";", "\\;") if "=3" in piece else text.replace("\0", "")

    return ";".join(map(plain, value.split(";")))


_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def unescaped(value: str) -> str:
    r"""A text value as it is meant: \n is a line break, and what a backslash stands before stands for itself."""
    if "\\" not in value:
        return value
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def escaped(value: str) -> str:
    """A text as a value writes it (RFC 6350, 3.4); `unescaped` gives it back."""
    plain = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def apart(value: str, separator: str = ";") -> list[str]:
    """The unescaped parts of a structured value."""
    if "\\" not in value:
        return value.split(separator)
    parts, current, characters = [], "", iter(value)
    for character in characters:
        if character == "\\":
            current += character + next(characters, "")
        elif character == separator:
            parts.append(current)
            current = ""
        else:
            current += character
    return [unescaped(part) for part in (*parts, current)]


def written(line: Line) -> str:
    """A property as a line of today's syntax: decoded, bare parameters named, no line break in it."""
    value = line.value.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")
    if not line.params:
        return f"{line.head.strip()}:{value}"
    first = line.head.partition(";")[0].strip()
    params = "".join(
        f";{name}={','.join(map(_quoted, said))}"
        for name, said in line.params.items()
        if name not in {"ENCODING", "CHARSET"} and said
    )
    return f"{first}{params}:{value}"


def _quoted(value: str) -> str:
    safe = value.replace("^", "^^").replace("\n", "^n").replace('"', "^'")
    return f'"{safe}"' if re.search(r"[:;,]", safe) else safe


def folded(line: str, width: int = 75) -> str:
    """Break a line for a file, after at most so many bytes and never inside of a character (RFC 6350, 3.2)."""
    data = line.encode("utf-8", "replace")
    if len(data) <= width:
        return line
    pieces, start, room = [], 0, width
    while start < len(data):
        end = min(start + room, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:  # noqa: PLR2004 - a byte inside of a character
            end -= 1
        pieces.append(data[start:end].decode())
        start, room = end, width - 1
    return "\r\n ".join(pieces)

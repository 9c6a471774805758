"""QR codes: a vCard, a MECARD, or the address of a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from giveback.people.scanning.facts import CardFacts
from giveback.text import clean_line

if TYPE_CHECKING:
    from PIL.Image import Image

_FIELD = re.compile(r"([A-Z]+):((?:\\.|[^;\\])*);")


def payloads(picture: Image) -> list[str]:
    """What the codes on a picture hold: QR, Data Matrix, Aztec and PDF417, as badges of conferences have them."""
    import zxingcpp

    # Its other ways of saying a text spell out line ends as <CR><LF> where a code holds a control character.
    found = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)
    return [code.text for code in found if code.text]


def facts_of(payload: str) -> CardFacts | None:
    """What a code says of a person; None when it is about no person."""
    said = payload.lstrip("\ufeff \r\n")
    if said[:11].upper() == "BEGIN:VCARD":
        return _vcard(said)
    if said[:7].upper() == "MECARD:":
        return _mecard(said[7:])
    if re.match(r"https?://\S+$", said.strip(), re.IGNORECASE):
        return CardFacts(urls=(clean_line(said),))
    return None


def _vcard(said: str) -> CardFacts | None:
    from giveback.people.formats.vcard import read

    sheet = read(said.encode(), "the code")
    person = next((row.form for row in sheet.contacts), None) if sheet else None
    if person is None:
        return None
    by_kind: dict[str, list[str]] = {}
    for point in person.points:
        by_kind.setdefault(point.kind, []).append(point.value)
    return CardFacts(
        person.name,
        person.title,
        person.company,
        tuple(by_kind.get("email", ())),
        tuple(by_kind.get("phone", ())),
        tuple(by_kind.get("url", ())) + tuple(by_kind.get("blog", ())),
        next(iter(by_kind.get("address", ())), ""),
    )


def _mecard(said: str) -> CardFacts:
    """NTT DOCOMO's short form: fields end in ";", a backslash guards what follows it."""
    fields: dict[str, list[str]] = {}
    for name, value in _FIELD.findall(said if said.endswith(";") else said + ";"):
        fields.setdefault(name, []).append(clean_line(re.sub(r"\\(.)", r"\1", value)))
    name = next(iter(fields.get("N", ())), "")
    family, comma, given = name.partition(",")
    return CardFacts(
        f"{given.strip()} {family.strip()}" if comma else name,
        company=next(iter(fields.get("ORG", ())), ""),
        emails=tuple(fields.get("EMAIL", ())),
        phones=tuple(fields.get("TEL", ())),
        urls=tuple(fields.get("URL", ())),
        address=next(iter(fields.get("ADR", ())), ""),
    )

"""Set the sample data up in a store of its own, through the same functions that real data goes through."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from giveback.dates import Now
    from giveback.demo.material import DemoContact, DemoExchange, DemoPromise, DemoSnooze, Material
    from giveback.people.contacts import ContactForm


class Staged(NamedTuple):
    """How much sample data there is, and how much of it the tact filter holds back."""

    contacts: int
    feeds: int
    articles: int
    sensitive: int


def stage(folder: str, now: Now) -> Staged:
    """Write the sample feeds as files, then add, fetch, embed and rank as for anybody's data.

    Args:
        folder: an empty folder that becomes a GIVEBACK_HOME.
        now: the clock, from which the ages of articles and exchanges count.
    """
    from giveback.config import places
    from giveback.demo.material import load
    from giveback.ranking.refresh import refresh
    from giveback.reading.fetching import Limits, fetch, known_feeds
    from giveback.store import connect
    from giveback.store.changes import change

    store = places({"GIVEBACK_HOME": folder}).store
    material = load(now.today)
    with change(store, now) as session:
        numbers = _add_people(session, material)
        _add_history(session, material, numbers, now)
        _add_plans(session, material, folder, now)
        _add_feeds(session, material, os.path.join(folder, "feeds"), now)
    connection = connect.write(store)
    feeds = known_feeds(connection)
    connection.close()
    fetch(store, now, feeds, Limits(1, 1, 1.0), lambda _: None)
    refresh(store)
    return _counted(store)


def _add_people(session: Session, material: Material) -> dict[str, int]:
    from giveback.people.contacts import add

    numbers = {}
    for person in material.contacts:
        contact = add(session, _form(person), person.added_on, None)
        assert contact.id is not None
        numbers[person.name] = contact.id
    return numbers


def _form(person: DemoContact) -> ContactForm:
    from giveback.people.contacts import ContactForm

    return ContactForm(
        name=person.name,
        nickname=person.nickname,
        company=person.company,
        title=person.title,
        town=person.town,
        every=person.every,
        met_at=person.met_at,
        birthday=person.birthday.isoformat() if person.birthday else "",
        points=(("email", person.email),),
        interests=person.interests,
        avoid=person.avoid,
    )


def _add_history(session: Session, material: Material, numbers: Mapping[str, int], now: Now) -> None:
    for exchange in material.exchanges:
        _log(session, exchange, numbers[exchange.contact], now)
    for promise in material.promises:
        _promise(session, promise, numbers[promise.contact])
    for snooze in material.snoozes:
        _snooze(session, snooze, numbers[snooze.contact])


def _log(session: Session, exchange: DemoExchange, contact_id: int, now: Now) -> None:
    from giveback.keeping.exchanges import log

    log(
        session,
        contact_id,
        exchange.text,
        on=exchange.on,
        today=now.today,
        direction=exchange.direction,
        channel=exchange.channel,
    )


def _promise(session: Session, promise: DemoPromise, contact_id: int) -> None:
    from giveback.keeping.exchanges import follow_up

    follow_up(session, contact_id, promise.text, kind="promise", since=promise.made_on, due=promise.due_on)


def _snooze(session: Session, snooze: DemoSnooze, contact_id: int) -> None:
    from giveback.people.contacts import get

    get(session, contact_id).snoozed_until = snooze.until


def _add_plans(session: Session, material: Material, home: str, now: Now) -> None:
    from giveback.asking import targets
    from giveback.giving import assets
    from giveback.giving.rules.book import load

    secrets = load(home).secrets
    for asset in material.assets:
        form = assets.AssetForm(
            asset.title, asset.kind, fits=asset.fits, minutes=asset.minutes, company=asset.company, source=asset.source
        )
        assets.add(session, form, secrets, now.at)
    for target in material.targets:
        targets.add(session, targets.TargetForm(target.name, needs=target.needs), now.today)


def _add_feeds(session: Session, material: Material, folder: str, now: Now) -> None:
    from giveback.reading.addresses import file_url
    from giveback.reading.feeds import Found, add

    os.makedirs(folder, exist_ok=True)
    for feed in material.feeds:
        path = os.path.join(os.path.abspath(folder), feed.name)
        with open(path, "wb") as file:
            file.write(feed.body)
        add(session, Found(file_url(path), feed.title, "", 0), now, topic=feed.topic)


def _counted(store: str) -> Staged:
    from giveback.matching.suspicion import suspicion
    from giveback.store import connect
    from giveback.store.questions.articles import counts

    connection = connect.read(store)
    assert connection is not None
    contacts, articles, feeds = counts(connection)
    found = connection.execute("SELECT kinds FROM article_tact").fetchall()
    sensitive = sum(1 for row in found if suspicion(row[0]).kind)
    connection.close()
    return Staged(contacts, feeds, articles, sensitive)

"""Targets, asks and introductions as JSON records, the contract of docs/json.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.output.records import person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from giveback.output.records import Record
    from giveback.store.questions.asks import AskRow, IntroductionRow
    from giveback.store.questions.contacts import ContactRow
    from giveback.store.questions.targets import AliasRow, EventRow, NeedRow, TargetRow


def target(row: TargetRow, needs: Sequence[NeedRow], aliases: Sequence[AliasRow]) -> Record:
    """A target with what is needed of it and what else it is called."""
    return {
        "id": row.id,
        "uuid": row.uuid,
        "kind": row.kind,
        "name": row.name,
        "state": row.state,
        "company": row.company or None,
        "industry": row.industry or None,
        "town": row.town or None,
        "school": row.school or None,
        "outcome": row.outcome or None,
        "added_on": row.added_on,
        "needs": [need(each) for each in needs],
        "also_called": [alias.name for alias in aliases if alias.same],
        "not_to_be_confused_with": [alias.name for alias in aliases if not alias.same],
    }


def need(row: NeedRow) -> Record:
    """Something that is needed."""
    return {"uuid": row.uuid, "text": row.text, "met_on": row.met_on, "met_by": row.met_by}


def event(row: EventRow) -> Record:
    """A line of a timeline."""
    return {"on": row.on_day, "kind": row.kind, "text": row.text or None, "contact": row.contact}


def ask(row: AskRow, contact: ContactRow, state: str, step: tuple[str | None, str | None]) -> Record:
    """An ask, and its next step: which, and when."""
    return {
        "id": row.id,
        "contact": person(contact),
        "text": row.text,
        "target": row.target,
        "asked_on": row.asked_on,
        "by": row.by_on,
        "state": state,
        "next_step": step[0],
        "next_on": step[1],
        "answer": row.answer or None,
        "answer_text": row.answer_text or None,
        "answered_on": row.answered_on or row.heard_on,
        "helped": row.helped,
        "outcome_told_on": row.outcome_told_on,
    }


def introduction(row: IntroductionRow, first: ContactRow, second: ContactRow) -> Record:
    """An introduction with both consents."""
    return {
        "uuid": row.uuid,
        "first": person(first),
        "second": person(second),
        "because": row.because,
        "state": row.state,
        "first_consent": row.first_consent or None,
        "second_consent": row.second_consent or None,
        "proposed_on": row.proposed_on,
        "made_on": row.made_on,
        "outcome": row.outcome or None,
    }

"""Expand the patterns of patterns.txt into training examples, always the same ones for the same seed."""

from __future__ import annotations

import random
import re
from pathlib import Path

PATTERNS = Path(__file__).with_name("patterns.txt")
SLOT = re.compile(r"\{(\w+)\}")
ESCAPED_COMMA = re.compile(r"(?<!\\),")


def read_patterns(path: Path = PATTERNS) -> tuple[dict[str, list[str]], list[tuple[str, str, str]]]:
    """Return the slots ("@name|a, b, c") and the patterns ("= kind|title|summary") of a file."""
    slots: dict[str, list[str]] = {}
    patterns: list[tuple[str, str, str]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            name, _, values = line[1:].partition("|")
            slots[name] = [value.strip().replace("\\,", ",") for value in ESCAPED_COMMA.split(values)]
        elif line.startswith("= "):
            kind, title, summary = line[2:].split("|")
            patterns.append((kind, title, summary))
    return slots, patterns


def expand(pattern: str, slots: dict[str, list[str]], rng: random.Random) -> str:
    """Fill every slot of a pattern, slots inside fillings too."""
    while SLOT.search(pattern):
        pattern = SLOT.sub(lambda slot: rng.choice(slots[slot.group(1)]), pattern)
    return pattern[:1].upper() + pattern[1:]


def generate(count: int, seed: int = 1) -> list[tuple[str, str, str]]:
    """Return about `count` examples (kind, title, summary), half of them benign, without repeats.

    Args:
        count: how many to draw; the other kinds share the second half evenly.
        seed: of the draw.
    """
    slots, patterns = read_patterns()
    kinds = sorted({kind for kind, _, _ in patterns} - {"benign"})
    # A fixed seed makes the model reproducible; nothing here is a secret.
    rng = random.Random(seed)  # noqa: S311
    drawn: dict[tuple[str, str, str], None] = {}
    for turn in range(count):
        kind = "benign" if turn % 2 else kinds[turn // 2 % len(kinds)]
        _, title, summary = rng.choice([pattern for pattern in patterns if pattern[0] == kind])
        drawn[kind, expand(title, slots, rng), expand(summary, slots, rng)] = None
    return list(drawn)

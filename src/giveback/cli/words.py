"""Options and arguments of every command, for completion. Made by `make docs`; do not edit."""

# Flags, what stands for the value (nothing for a flag), whether it may be repeated, help.
OPTIONS: dict[str, tuple[tuple[str, str, bool, str], ...]] = {
    "": (
        ("--profile", "NAME", False, "A separate store of that name."),
        ("--version", "", False, "Show the version."),
        ("--help", "", False, "Show this message and exit."),
    ),
    "fetch": (
        ("--json", "", False, "Print JSON, a stable contract (docs/json.md)."),
        ("--help", "", False, "Show this message and exit."),
    ),
    "log": (
        ("--gave", "", False, "You gave something."),
        ("--received", "", False, "You received something, or were helped."),
        ("--met", "", False, "You met, talked or wrote (the default)."),
        ("--asked", "", False, "You asked for something and wait for the answer."),
        ("--outcome", "", False, "They helped: tell them later how it turned out."),
        ("--via", "CHANNEL", False, "email, letter, call, in-person, message or social."),
        ("--on", "DATE", False, "The day: yesterday, 3 Mar, 2026-11-02."),
        ("--json", "", False, "Print JSON, a stable contract (docs/json.md)."),
        ("--dry-run", "", False, "Say what would change, and change nothing."),
        ("--help", "", False, "Show this message and exit."),
    ),
    "promise": (
        ("--by", "DATE", False, "friday, in 2 weeks, 3 Mar."),
        ("--dry-run", "", False, "Say what would change, and change nothing."),
        ("--help", "", False, "Show this message and exit."),
    ),
    "remind": (
        ("--on", "DATE", False, "The day: next friday, in 2 weeks, 3 Mar."),
        ("--dry-run", "", False, "Say what would change, and change nothing."),
        ("--help", "", False, "Show this message and exit."),
    ),
    "done": (
        ("--via", "CHANNEL", False, "email, letter, call, in-person, message or social."),
        ("--dry-run", "", False, "Say what would change, and change nothing."),
        ("--help", "", False, "Show this message and exit."),
    ),
    "snooze": (
        ("--until", "DATE", False, "monday, in 2 weeks, 3 Mar, or never."),
        ("--dry-run", "", False, "Say what would change, and change nothing."),
        ("--help", "", False, "Show this message and exit."),
    ),
    "history": (
        ("--limit", "N", False, "At most so many; 0 for all."),
        ("--json", "", False, "Print JSON, a stable contract (docs/json.md)."),
        ("--help", "", False, "Show this message and exit."),
    ),
    "add-contact": (
        ("--email", "TEXT", True, ""),
        ("--phone", "TEXT", True, ""),
        ("--company", "TEXT", False, ""),
        ("--title", "TEXT", False, ""),
        ("--town", "TEXT", False, ""),
        ("--interest", "PHRASE", True, "Something they care about; repeat it."),
        ("--avoid", "PHRASE", True, "Something to keep away from; repeat it."),
        ("--every", "SPAN", False, "How often to be in touch: 3w, 2m, close, warm, weak, dormant, never."),
        ("--nickname", "TEXT", False, ""),
        ("--met-at", "TEXT", False, ""),
        ("--birthday", "DATE", False, "1980-03-14, or 14 Mar."),
        ("--address", "TEXT", False, ""),
        ("--blog", "TEXT", False, ""),
        ("--url", "TEXT", False, ""),
        ("--handle", "TEXT", False, ""),
        ("--notes", "TEXT", False, ""),
        ("--force", "", False, "Add even when somebody of that name is there."),
        ("--dry-run", "", False, "Say what would change, and change nothing."),
        ("--help", "", False, "Show this message and exit."),
    ),
    "contacts": (
        ("--archived", "", False, "Those who were put away."),
        ("--limit", "N", False, "At most so many; 0 for all."),
        ("--json", "", False, "Print JSON, a stable contract (docs/json.md)."),
        ("--help", "", False, "Show this message and exit."),
    ),
    "show": (
        ("--json", "", False, "Print JSON, a stable contract (docs/json.md)."),
        ("--help", "", False, "Show this message and exit."),
    ),
    "interests": (
        ("--avoid", "PHRASE", True, "Something to keep away from; repeat it."),
        ("--json", "", False, "Print JSON, a stable contract (docs/json.md)."),
        ("--dry-run", "", False, "Say what would change, and change nothing."),
        ("--help", "", False, "Show this message and exit."),
    ),
    "archive": (
        ("--back", "", False, "Bring an archived contact back."),
        ("--dry-run", "", False, "Say what would change, and change nothing."),
        ("--help", "", False, "Show this message and exit."),
    ),
    "feed": (("--help", "", False, "Show this message and exit."),),
    "feed add": (
        ("--topic", "TEXT", False, "What it is about, in a word."),
        ("--allow-private", "", False, "Permit an address on this network."),
        ("--dry-run", "", False, "Say what would change, and change nothing."),
        ("--help", "", False, "Show this message and exit."),
    ),
    "feed list": (
        ("--json", "", False, "Print JSON, a stable contract (docs/json.md)."),
        ("--help", "", False, "Show this message and exit."),
    ),
    "feed remove": (
        ("--dry-run", "", False, "Say what would change, and change nothing."),
        ("--help", "", False, "Show this message and exit."),
    ),
    "save": (
        ("--url", "URL", False, "The address that a file or standard input came from."),
        ("--title", "TEXT", False, "A title instead of the page's own."),
        ("--allow-private", "", False, "Permit an address on this network."),
        ("--json", "", False, "Print JSON, a stable contract (docs/json.md)."),
        ("--dry-run", "", False, "Say what would change, and change nothing."),
        ("--help", "", False, "Show this message and exit."),
    ),
    "articles": (
        ("--limit", "N", False, "At most so many."),
        ("--since", "SPAN", False, "Only those first seen within: 2d, 1w."),
        ("--json", "", False, "Print JSON, a stable contract (docs/json.md)."),
        ("--help", "", False, "Show this message and exit."),
    ),
    "read": (
        ("--open", "", False, "Open it in the browser instead."),
        ("--json", "", False, "Print JSON, a stable contract (docs/json.md)."),
        ("--help", "", False, "Show this message and exit."),
    ),
}

# What stands for the argument, whether it takes all that is left.
ARGUMENTS: dict[str, tuple[tuple[str, bool], ...]] = {
    "fetch": (("FEED", True),),
    "log": (
        ("NAME", False),
        ("TEXT", False),
    ),
    "promise": (
        ("NAME", False),
        ("TEXT", False),
    ),
    "remind": (
        ("NAME", False),
        ("TEXT", False),
    ),
    "done": (
        ("NAME", False),
        ("TEXT", False),
    ),
    "snooze": (("NAME", False),),
    "history": (("NAME", False),),
    "add-contact": (("TEXT", False),),
    "contacts": (("QUERY", False),),
    "show": (("NAME", False),),
    "interests": (
        ("NAME", False),
        ("PHRASE", True),
    ),
    "archive": (("NAME", False),),
    "feed": (),
    "feed add": (("URL", False),),
    "feed list": (),
    "feed remove": (("FEED", False),),
    "save": (("PAGE", False),),
    "articles": (("QUERY", False),),
    "read": (("ARTICLE", False),),
}

"""Where things are kept, and the settings that a user may change."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROFILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


class Places(NamedTuple):
    """The files of one profile. Nothing is created by asking for them.

    Attributes:
        store: the SQLite file.
        config: the TOML file with the settings, shared by all profiles.
        templates: the folder whose note templates replace the built-in ones.
        drafts: the folder where e-mail drafts are written.
    """

    store: str
    config: str
    templates: str
    drafts: str


def places(env: Mapping[str, str] = os.environ) -> Places:
    """Resolve the files of the current profile.

    Args:
        env: `GIVEBACK_HOME` puts everything in one folder, otherwise the platform's
            configuration and data folders serve; `GIVEBACK_PROFILE` names a separate store.

    Raises:
        UsageError: the profile's name cannot be a file name.
    """
    home = env.get("GIVEBACK_HOME")
    if home:
        config, data = home, home
    else:
        import platformdirs

        config, data = platformdirs.user_config_dir("giveback"), platformdirs.user_data_dir("giveback")
    profile = env.get("GIVEBACK_PROFILE", "")
    if profile and not _PROFILE.fullmatch(profile):
        raise UsageError(f"{profile!r} cannot name a profile", "use letters, digits, - and _")
    name = f"giveback-{profile}.db" if profile else "giveback.db"
    return Places(
        store=os.path.join(data, name),
        config=os.path.join(config, "config.toml"),
        templates=os.path.join(config, "templates"),
        drafts=os.path.join(data, "drafts"),
    )

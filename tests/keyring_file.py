"""A keyring in a file, for tests: `PYTHON_KEYRING_BACKEND=keyring_file.FileKeyring` chooses it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import ClassVar

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class FileKeyring(KeyringBackend):
    priority: ClassVar[float] = 1

    @property
    def path(self) -> Path:
        return Path(os.environ["GIVEBACK_HOME"]) / "keyring.json"

    def entries(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.path.read_text("utf-8")) if self.path.exists() else {}
        return found

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self.path.write_text(json.dumps(self.entries() | {f"{service} {username}": password}), "utf-8")

    def delete_password(self, service: str, username: str) -> None:
        entries = self.entries()
        if entries.pop(f"{service} {username}", None) is None:
            raise PasswordDeleteError(username)
        self.path.write_text(json.dumps(entries), "utf-8")

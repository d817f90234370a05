"""A configuration that is yet to be written: the answers of the operator as a file."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from bot.config import write_secret

PASSWORD_NAME = "password"  # noqa: S105  the name of a file, not what is in it


@dataclass(frozen=True, slots=True)
class Draft:
    """What ``init`` asks; the rest has defaults. ``password`` is never in what is printed."""

    user_id: str
    homeserver: str
    community: str
    password: str | None = field(default=None, repr=False)
    password_file: Path | None = None
    language: str = "fr"
    timezone: str = "Europe/Paris"
    rooms: tuple[str, ...] = ()
    animators_room: str = ""
    allowed_inviters: tuple[str, ...] = ()
    animators: tuple[str, ...] = ()
    database: str = "sqlite:///compagnon.db"

    def as_toml(self, comment: str) -> str:
        """Return the configuration file, with ``comment`` on its first line.

        JSON writes strings and lists of strings as TOML 1.0 does.
        """
        password_file = self.password_file.absolute() if self.password_file else PASSWORD_NAME
        tables: dict[str, dict[str, object]] = {
            "matrix": {
                "homeserver": self.homeserver,
                "user_id": self.user_id,
                "password_file": str(password_file),
            },
            "storage": {"url": self.database, "data_dir": "data"},
            "community": {
                "name": self.community,
                "language": self.language,
                "timezone": self.timezone,
                "rooms": list(self.rooms),
                "animators_room": self.animators_room,
                "allowed_inviters": list(self.allowed_inviters),
            },
            "roles": {"animators": list(self.animators)},
        }
        lines = [f"# {comment}"]
        for name, values in tables.items():
            lines += ["", f"[{name}]"]
            lines += [f"{key} = {json.dumps(v, ensure_ascii=False)}" for key, v in values.items()]
        return "\n".join([*lines, ""])

    def files(self, path: Path) -> list[Path]:
        """Return what ``write`` writes: the configuration, and the password beside it."""
        return [path, path.with_name(PASSWORD_NAME)] if self.password is not None else [path]

    def write(self, path: Path, comment: str) -> None:
        """Write the files, replacing what is there; the password with mode 0600 and first.

        Raises OSError.
        """
        path.absolute().parent.mkdir(parents=True, exist_ok=True)
        if self.password is not None:
            write_secret(path.with_name(PASSWORD_NAME), self.password)
        path.write_text(self.as_toml(comment), encoding="utf-8")

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.config import Settings, load_settings
from bot.config.problem import setting_paths
from bot.config.settings import StorageSettings

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
HAS_NO_DEFAULT = {
    ("matrix", "homeserver"),
    ("matrix", "user_id"),
    ("matrix", "password_file"),
    ("community", "name"),
}


def _documented() -> dict[tuple[str, str], list[str]]:
    """Return each setting of the example with the comment lines right above it."""
    found: dict[tuple[str, str], list[str]] = {}
    table, comment = "", list[str]()
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if header := re.fullmatch(r"\[(\w+)\]", line):
            table = header[1]
        elif setting := re.match(r"(?:# )?(\w+) = ", line):
            found[table, setting[1]] = comment
            comment = []
        elif line.startswith("# "):
            comment.append(line[2:])
        else:
            comment = []
    return found


def test_example_documents_every_setting_and_nothing_else() -> None:
    documented = _documented()

    assert sorted(documented) == sorted(setting_paths(Settings))
    assert [key for key, comment in documented.items() if not comment] == []


def test_example_marks_what_has_no_default() -> None:
    marked = {key for key, comment in _documented().items() if "REQUIRED" in " ".join(comment)}

    assert marked == HAS_NO_DEFAULT


def test_example_shows_the_defaults() -> None:
    document = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    least = {
        table: {key: value for key, value in keys.items() if (table, key) in HAS_NO_DEFAULT}
        for table, keys in document.items()
    }

    assert Settings(**document) == Settings(**{key: value for key, value in least.items() if value})


def test_shape_that_others_script_against_is_read(
    write_config: Callable[[str], Path], tmp_path: Path
) -> None:
    path = write_config("""
[matrix]
homeserver = "http://127.0.0.1:8008/"
user_id = "@compagnon:example.org"
password_file = "password"
[storage]
url = "sqlite:///compagnon.db"
data_dir = "data"
[community]
name = "Les praticiens"
language = "fr"
timezone = "Europe/Paris"
rooms = ["#accueil:example.org"]
animators_room = "#animation:example.org"
allowed_inviters = ["*:example.org"]
[roles]
animator_power_level = 50
animators = ["@animator:example.org"]
[web]
listen = "127.0.0.1:9099"
""")

    settings = load_settings(path, {})

    assert settings.matrix.homeserver == "http://127.0.0.1:8008"
    assert settings.matrix.password_file == tmp_path / "password"
    assert settings.storage.url.get_secret_value() == f"sqlite:///{tmp_path}/compagnon.db"
    assert settings.storage.data_dir == tmp_path / "data"
    assert settings.community.rooms == ("#accueil:example.org",)
    assert settings.community.animators_room == "#animation:example.org"
    assert settings.roles.animators == ("@animator:example.org",)
    assert settings.web.address == ("127.0.0.1", 9099)


def test_settings_are_frozen(write_config: Callable[[str], Path], required: str) -> None:
    settings = load_settings(write_config(required), {})

    with pytest.raises(ValidationError):
        settings.community.name = "Autre"  # type: ignore[misc]  # the refusal is what is tested


def test_storage_is_beside_the_file_by_default(
    write_config: Callable[[str], Path], required: str, tmp_path: Path
) -> None:
    storage = load_settings(write_config(required), {}).storage

    assert storage.url.get_secret_value() == f"sqlite:///{tmp_path}/compagnon.db"
    assert storage.data_dir == tmp_path / "data"


def test_empty_listen_and_animators_room_turn_them_off(
    write_config: Callable[[str], Path], required: str
) -> None:
    path = write_config(required + 'animators_room = ""\n[web]\nlisten = ""\n')

    settings = load_settings(path, {})

    assert settings.community.animators_room is None
    assert settings.web.address is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:////var/lib/x.db", "sqlite:////var/lib/x.db"),
        ("postgresql://me@db:5432/x", "postgresql://me@db:5432/x"),
        ("postgresql://me:s3cret@db/x", "postgresql://me@db/x"),
        ("postgresql://me:s3@cret@db/x?password=s3cret", "postgresql://me@db/x"),
    ],
)
def test_shown_url_has_no_password(url: str, shown: str) -> None:
    storage = StorageSettings.model_validate({"url": url})

    assert storage.shown_url == shown
    assert "s3" not in repr(storage)
    assert "s3" not in storage.model_dump_json()

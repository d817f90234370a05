import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.config import load_settings
from bot.errors import OperatorError

Write = Callable[[str], Path]


def _refusal(path: Path, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(OperatorError) as caught:
        load_settings(path, environ or {})
    assert caught.value.exit_code == 2
    return [line.replace(f"{path.parent}/", "") for line in str(caught.value).splitlines()]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            '[community]\nname = "x"\ntimezone = "Europe/Pariss"',
            (
                "config.toml:7: community.timezone: unknown time zone 'Europe/Pariss'"
                " (for example Europe/Paris)"
            ),
        ),
        (
            '[community]\nname = "x"\ntimezone = "Lune"',
            (
                "config.toml:7: community.timezone: unknown time zone 'Lune'"
                " (for example Europe/Paris)"
            ),
        ),
        (
            '[community]\nname = "x"\nlanguage = "de"',
            "config.toml:7: community.language: must be 'fr' or 'en' (for example fr)",
        ),
        (
            '[community]\nname = ""',
            "config.toml:6: community.name: must not be empty (for example Les praticiens)",
        ),
        (
            "[community]",
            "config.toml:5: community.name: is missing (for example Les praticiens)",
        ),
        (
            "",
            "config.toml: community.name: is missing (for example Les praticiens)",
        ),
        (
            '[community]\nname = "x"\nrooms = [\n  "#a:b",\n  "accueil",\n]',
            (
                "config.toml:9: community.rooms.1: 'accueil' is neither a room alias nor a room id"
                " (for example #accueil:example.org)"
            ),
        ),
        (
            '[community]\nname = "x"\nrooms = "#a:b"',
            'config.toml:7: community.rooms: must be a list (for example ["#accueil:example.org"])',
        ),
        (
            '[community]\nname = "x"\nallowed_inviters = ["example.org"]',
            (
                "config.toml:7: community.allowed_inviters.0: 'example.org' is neither a user id"
                " nor a pattern such as *:example.org (for example *:example.org)"
            ),
        ),
        (
            '[community]\nname = "x"\nlangage = "fr"',
            "config.toml:7: community.langage: unknown setting, did you mean community.language?",
        ),
        (
            '[community]\nname = "x"\n[roles]\ntimezone = "Europe/Paris"',
            "config.toml:8: roles.timezone: unknown setting, did you mean community.timezone?",
        ),
        (
            '[community]\nname = "x"\n[comunity]',
            "config.toml:7: comunity: unknown table, did you mean community?",
        ),
        (
            '[community]\nname = "x"\n[limits]\ncommands_per_minute = -1',
            "config.toml:8: limits.commands_per_minute: must be at least 0 (for example 20)",
        ),
        (
            '[community]\nname = "x"\n[limits]\ncommands_per_minute = "many"',
            "config.toml:8: limits.commands_per_minute: must be a whole number (for example 20)",
        ),
        (
            '[community]\nname = "x"\n[web]\nlisten = "9099"',
            (
                "config.toml:8: web.listen: '9099' is not an address and a port"
                " (for example 127.0.0.1:9099)"
            ),
        ),
        (
            '[community]\nname = "x"\n[storage]\nurl = "mysql://me:s3cret@db/x"',
            (
                "config.toml:8: storage.url: the address of the database starts with sqlite:/// or"
                " postgresql:// (for example sqlite:///compagnon.db)"
            ),
        ),
        (
            '[community]\nname = "x"\n[storage]\nurl = "sqlite:///:memory:"',
            (
                "config.toml:8: storage.url: the database needs a file"
                " (for example sqlite:///compagnon.db)"
            ),
        ),
        (
            '[community]\nname = "x"\n[storage]\nurl = "postgresql://me:s3cret@db"',
            (
                "config.toml:8: storage.url: the address of the database has no database name"
                " (for example postgresql://compagnon@localhost/compagnon)"
            ),
        ),
        (
            '[community]\nname = "x"\ntimezone = Europe',
            "config.toml:7: this is not TOML: Invalid value",
        ),
        (
            '[community]\nname = "x"\nname = "y"',
            "config.toml:7: this is not TOML: Cannot overwrite a value",
        ),
    ],
)
def test_wrong_file_is_refused_with_line_key_and_example(
    write_config: Write, wrong: str, sentence: str
) -> None:
    matrix = '[matrix]\nhomeserver = "http://h"\nuser_id = "@a:b"\npassword_file = "password"\n'

    assert _refusal(write_config(matrix + wrong)) == [sentence]


def test_wrong_file_is_refused_with_all_that_is_wrong_at_once(write_config: Write) -> None:
    path = write_config("""\
[matrix]
homeserver = "ftp://me:s3cret@h"
user_id = "compagnon"
[community]
timezone = "Paris"
""")

    assert _refusal(path, {"BOT_LOG__LEVEL": "loud", "BOT_LOGS__LEVEL": "info"}) == [
        "config.toml:1: matrix.password_file: is missing (for example password)",
        (
            "config.toml:2: matrix.homeserver: this is not the http(s) address of a homeserver"
            " (for example https://matrix.example.org)"
        ),
        (
            "config.toml:3: matrix.user_id: 'compagnon' is not a Matrix user id"
            " (for example @compagnon:example.org)"
        ),
        "config.toml:4: community.name: is missing (for example Les praticiens)",
        "config.toml:5: community.timezone: unknown time zone 'Paris' (for example Europe/Paris)",
        "BOT_LOGS__LEVEL: unknown setting, did you mean log.level?",
        "BOT_LOG__LEVEL: must be 'debug', 'info', 'warning' or 'error' (for example info)",
    ]


def test_missing_file_is_refused(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "config.toml") == [
        "config.toml: the file cannot be read: No such file or directory"
    ]


def test_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes("# réglages".encode("latin-1"))

    assert _refusal(path) == ["config.toml: the file is not text in UTF-8"]


def test_password_file_open_to_others_is_refused_with_the_remedy(
    write_config: Write, required: str, password: Path
) -> None:
    password.chmod(0o640)

    assert _refusal(write_config(required)) == [
        (
            "config.toml:4: matrix.password_file: password has mode 0640, others may read it:"
            " run chmod 600 password"
        )
    ]


def test_missing_password_file_is_refused_beside_other_problems(
    write_config: Write, required: str, password: Path
) -> None:
    password.unlink()

    assert _refusal(write_config(required + "language = 3\n")) == [
        "config.toml:4: matrix.password_file: password does not exist",
        "config.toml:7: community.language: must be 'fr' or 'en' (for example fr)",
    ]


def test_key_file_open_to_others_is_refused(
    write_config: Write, required: str, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    key.write_text("k", encoding="utf-8")
    key.chmod(0o644)
    path = write_config(required.replace("[community]", 'pickle_key_file = "key"\n[community]'))

    assert _refusal(path) == [
        (
            "config.toml:5: matrix.pickle_key_file: key has mode 0644, others may read it:"
            " run chmod 600 key"
        )
    ]


def test_key_file_that_is_yet_to_be_made_is_accepted(
    write_config: Write, required: str, tmp_path: Path
) -> None:
    path = write_config(required.replace("[community]", 'pickle_key_file = "key"\n[community]'))

    assert load_settings(path, {}).matrix.pickle_key_file == tmp_path / "key"


@pytest.mark.parametrize(
    ("login", "sentence"),
    [
        (
            'access_token_file = "password"',
            (
                "config.toml:1: matrix.device_id: is missing: an access token belongs to a device"
                " (for example COMPAGNON)"
            ),
        ),
        (
            'access_token_file = "password"\npassword_file = "password"\ndevice_id = "A"',
            "config.toml:4: matrix.access_token_file: give this or password_file, not both",
        ),
    ],
)
def test_login_needs_exactly_one_way(write_config: Write, login: str, sentence: str) -> None:
    path = write_config(
        f'[matrix]\nhomeserver = "http://h"\nuser_id = "@a:b"\n{login}\n[community]\nname = "x"'
    )

    assert _refusal(path) == [sentence]


def test_access_token_with_its_device_is_accepted(
    write_config: Write, required: str, password: Path
) -> None:
    path = write_config(
        required.replace("password_file", "access_token_file").replace(
            "[community]", 'device_id = "COMPAGNON"\n[community]'
        )
    )

    matrix = load_settings(path, {}).matrix

    assert (matrix.access_token_file, matrix.device_id) == (password, "COMPAGNON")


def test_variable_overrides_the_file(write_config: Write, required: str) -> None:
    environ = {
        "BOT_COMMUNITY__NAME": "Autre",
        "BOT_COMMUNITY__ROOMS": "#a:b, #c:d",
        "BOT_ROLES__ANIMATORS": '["@a:b"]',
        "BOT_LIMITS__COMMANDS_PER_MINUTE": "0",
        "BOT_WEB__LISTEN": "",
        "BOTANY__X": "1",
        "BOT_TOKEN": "of another program",
    }

    settings = load_settings(write_config(required), environ)

    assert settings.community.name == "Autre"
    assert settings.community.rooms == ("#a:b", "#c:d")
    assert settings.roles.animators == ("@a:b",)
    assert settings.limits.commands_per_minute == 0
    assert settings.web.address is None


def test_credential_overrides_the_file_and_hands_over_the_password(
    write_config: Write, required: str, tmp_path: Path
) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    url = "postgresql://me:s3cret@db/x"
    for name, content in {"BOT_STORAGE__URL": url, "password": "handed"}.items():
        file = credentials / name
        file.touch(mode=0o600)
        file.write_text(content, encoding="utf-8")

    settings = load_settings(write_config(required), {"CREDENTIALS_DIRECTORY": str(credentials)})

    assert settings.storage.url.get_secret_value() == url
    assert settings.matrix.password_file == credentials / "password"
    assert "s3cret" not in repr(settings)


def test_postgresql_without_its_driver_is_refused_with_the_remedy(
    write_config: Write, required: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    path = write_config(required + '[storage]\nurl = "postgresql://db/x"\n')

    assert _refusal(path) == [
        (
            "config.toml:8: storage.url: PostgreSQL needs its driver:"
            " run pip install 'compagnon[postgres]'"
        )
    ]


def test_calendar_server_needs_an_account_and_rooms(write_config: Write, required: str) -> None:
    path = write_config(f'{required}\n[caldav]\nurl = "https://cloud.example.org/meetings"\n')

    assert [line.partition(": ")[2] for line in _refusal(path)] == [
        "caldav.password_file: is missing: caldav.url needs it (for example caldav_password)",
        'caldav.rooms: is missing: caldav.url needs it (for example ["#accueil:example.org"])',
        "caldav.user: is missing: caldav.url needs it (for example compagnon)",
    ]


@pytest.mark.parametrize(
    "url", ["http://cloud.example.org/x", "https://me:s3cret@cloud.example.org/x", "cloud/x"]
)
def test_calendar_server_over_which_a_password_leaks_is_refused(
    write_config: Write, required: str, url: str
) -> None:
    more = 'user = "x"\npassword_file = "password"\nrooms = ["#a:b"]\n'
    [line] = _refusal(write_config(f'{required}\n[caldav]\nurl = "{url}"\n{more}'))

    assert "caldav.url: " in line
    assert "s3cret" not in line

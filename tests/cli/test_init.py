import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

Compagnon = Callable[..., subprocess.CompletedProcess[str]]

DOWN = "http://127.0.0.1:9"
FLAGS = (
    *("init", "--non-interactive", "--user-id", "@compagnon:example.org"),
    *("--homeserver", DOWN, "--community", 'Les "praticiens"', "--password-stdin"),
)


def _read(path: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_init_writes_what_the_flags_say(compagnon: Compagnon, tmp_path: Path) -> None:
    done = compagnon(
        *FLAGS,
        *("--language", "en", "--timezone", "Europe/London", "--room", "#a:b", "--room", "#c:d"),
        *("--animators-room", "!e:f", "--allowed-inviter", "*:b", "--animator", "@g:b"),
        typed="s3cret\n",
    )

    password = tmp_path / "password"
    assert done.returncode == 1  # the homeserver is down
    assert _read(tmp_path / "config.toml") == {
        "matrix": {
            "homeserver": DOWN,
            "user_id": "@compagnon:example.org",
            "password_file": "password",
        },
        "storage": {"url": "sqlite:///compagnon.db", "data_dir": "data"},
        "community": {
            "name": 'Les "praticiens"',
            "language": "en",
            "timezone": "Europe/London",
            "rooms": ["#a:b", "#c:d"],
            "animators_room": "!e:f",
            "allowed_inviters": ["*:b"],
        },
        "roles": {"animators": ["@g:b"]},
    }
    assert password.read_text(encoding="utf-8") == "s3cret\n"
    assert password.stat().st_mode & 0o777 == 0o600
    assert "s3cret" not in done.stdout + done.stderr


def test_init_keeps_what_it_wrote_and_says_what_to_mend(compagnon: Compagnon) -> None:
    done = compagnon(*FLAGS, typed="s3cret\n")

    assert "✗  Homeserver" in done.stdout
    assert "→ start the homeserver, or correct matrix.homeserver" in done.stdout
    assert done.stdout.rstrip().endswith("compagnon --config config.toml check")


def test_init_uses_a_password_file_where_it_is(compagnon: Compagnon, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.touch(mode=0o600)
    secret.write_text("s3cret", encoding="utf-8")

    compagnon(*FLAGS[:-1], "--password-file", secret)

    assert _read(tmp_path / "config.toml")["matrix"]["password_file"] == str(secret)
    assert not (tmp_path / "password").exists()


@pytest.mark.parametrize("name", ["config.toml", "password"])
def test_init_replaces_nothing_unless_forced(
    compagnon: Compagnon, tmp_path: Path, name: str
) -> None:
    precious = tmp_path / name
    precious.write_text("precious", encoding="utf-8")

    refused = compagnon(*FLAGS, typed="s3cret\n")
    after_refusal = [path.name for path in tmp_path.iterdir()]
    forced = compagnon(*FLAGS, "--force", typed="s3cret\n")

    assert (refused.returncode, after_refusal) == (1, [name])
    assert refused.stderr == f"{name}: already there; replace with --force.\n"
    assert (forced.returncode, forced.stderr) == (1, "")
    assert precious.read_text(encoding="utf-8") != "precious"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--user-id", "@a:b.invalid"],
            "--non-interactive needs --community, --password-file or --password-stdin",
        ),
        (["--timezone", "Europe/Pariss"], "(for example Europe/Paris)"),
        (["--room", "accueil"], "'accueil' is neither a room alias nor a room id"),
        (["--database", "mysql://x"], "starts with sqlite:/// or postgresql://"),
        (
            ["--user-id", "@a:b.invalid", "--community", "x", "--password-stdin"],
            "b.invalid does not publish its homeserver: give --homeserver.",
        ),
    ],
)
def test_init_refuses_wrong_flags_and_writes_nothing(
    compagnon: Compagnon, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    done = compagnon("init", "--non-interactive", *arguments, typed="s3cret\n")

    assert done.returncode == 2
    assert sentence in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_init_refuses_an_empty_password(compagnon: Compagnon, tmp_path: Path) -> None:
    done = compagnon(*FLAGS, typed="")

    assert (done.returncode, done.stderr) == (2, "There is no password on standard input.\n")
    assert list(tmp_path.iterdir()) == []


def test_init_asks_again_until_an_answer_is_right(compagnon: Compagnon, tmp_path: Path) -> None:
    answers = [
        *("compagnon", "@compagnon:b.invalid"),
        *("localhost", DOWN),
        "s3cret",
        "Les praticiens",
        *("de", "en"),
        *("Paris", ""),
        *("accueil", "#accueil:b.invalid #entraide:b.invalid"),
        "",
        "",
    ]

    done = compagnon("init", typed="\n".join([*answers, ""]))

    assert done.returncode == 1
    assert "unknown time zone 'Paris' (for example Europe/Paris)" in done.stdout + done.stderr
    assert _read(tmp_path / "config.toml")["community"] == {
        "name": "Les praticiens",
        "language": "en",
        "timezone": "Europe/Paris",
        "rooms": ["#accueil:b.invalid", "#entraide:b.invalid"],
        "animators_room": "",
        "allowed_inviters": ["*:b.invalid"],
    }
    assert (tmp_path / "password").read_text(encoding="utf-8") == "s3cret\n"


def test_init_speaks_the_language_of_the_terminal(compagnon: Compagnon) -> None:
    done = compagnon(*FLAGS, typed="s3cret\n", environ={"LC_ALL": "fr_FR.UTF-8"})

    assert "✗  Serveur Matrix" in done.stdout


def test_init_changes_nothing_when_replacing_is_declined(
    compagnon: Compagnon, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text("precious", encoding="utf-8")
    answers = ["@compagnon:b.invalid", DOWN, "s3cret", "x", "", "", "", "", "", "n", ""]

    done = compagnon("init", typed="\n".join(answers))

    assert done.returncode == 1
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["precious"]

import json
from pathlib import Path

import pytest

from bot.errors import OperatorError
from bot.ids import UserId
from bot.matrix.encryption import identity_file
from bot.matrix.encryption.identity import Identity
from bot.matrix.encryption.identity_file import Kept, WrongKeyError
from bot.matrix.encryption.secret_storage import StorageKey

USER = UserId("@bot:example.org")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "identity.json"


def test_read_of_no_file_is_none(file: Path) -> None:
    assert identity_file.read(file, "key") is None


@pytest.mark.parametrize("storage_key", [None, StorageKey.create()])
def test_read_gives_back_what_was_written(file: Path, storage_key: StorageKey | None) -> None:
    kept = Kept(Identity.create(USER), storage_key)

    identity_file.write(file, kept, "key")

    assert identity_file.read(file, "key") == kept


def test_written_file_is_private_and_names_no_key(file: Path) -> None:
    kept = Kept(Identity.create(USER))

    identity_file.write(file, kept, "key")

    assert file.stat().st_mode & 0o777 == 0o600
    assert [other.name for other in file.parent.iterdir()] == [file.name]
    text = file.read_text()
    assert kept.identity.name("master") not in text


def test_wrong_key_opens_nothing(file: Path) -> None:
    identity_file.write(file, Kept(Identity.create(USER)), "key")

    with pytest.raises(WrongKeyError):
        identity_file.read(file, "another key")


def test_file_of_another_account_opens_nothing(file: Path) -> None:
    identity_file.write(file, Kept(Identity.create(USER)), "key")
    locked = json.loads(file.read_text()) | {"user_id": "@other:example.org"}
    file.write_text(json.dumps(locked))

    with pytest.raises(WrongKeyError):
        identity_file.read(file, "key")


@pytest.mark.parametrize(
    "damage",
    ["", "{}", "[]", '{"version": 1}', '{"version": 1, "salt": "é"}', '{"version": 99}', "\0\0\0"],
)
def test_damaged_file_is_a_sentence(file: Path, damage: str) -> None:
    file.parent.mkdir()
    file.touch(mode=0o600)
    file.write_text(damage)

    with pytest.raises(OperatorError, match=r"identity\.json"):
        identity_file.read(file, "key")


@pytest.mark.parametrize("cost", [0, 1, 2**40])
def test_absurd_cost_is_refused_before_it_is_paid(file: Path, cost: int) -> None:
    identity_file.write(file, Kept(Identity.create(USER)), "key")
    file.write_text(json.dumps(json.loads(file.read_text()) | {"cost": cost}))

    with pytest.raises(OperatorError, match="damaged"):
        identity_file.read(file, "key")


def test_file_that_others_can_read_is_refused(file: Path) -> None:
    identity_file.write(file, Kept(Identity.create(USER)), "key")
    file.chmod(0o640)

    with pytest.raises(OperatorError, match="chmod 600"):
        identity_file.read(file, "key")


def test_identity_shows_no_private_key() -> None:
    identity = Identity(USER, b"m" * 32, b"s" * 32, b"u" * 32)

    shown = repr(identity)

    assert "mmm" not in shown
    assert "sss" not in shown

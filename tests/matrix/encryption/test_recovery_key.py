import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matrix.encryption import recovery_key

WRITTEN = "EsTc LW2K PGiF wKEA 3As5 g5c4 BXwk qeeJ ZJV8 Q9fu gUMN UE4d"
"""The example of matrix-js-sdk's own test of the format, for the bytes below."""

KEY = bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")


def test_write_gives_the_sign_groups_of_other_clients() -> None:
    assert recovery_key.write(KEY) == WRITTEN


def test_read_takes_it_without_its_spaces() -> None:
    assert recovery_key.read(WRITTEN.replace(" ", "") + "\n") == KEY


@given(st.binary(min_size=32, max_size=32))
def test_read_gives_back_what_was_written(key: bytes) -> None:
    assert recovery_key.read(recovery_key.write(key)) == key


@pytest.mark.parametrize(
    "text", ["", "hunter2", WRITTEN[:-1], WRITTEN + "d", WRITTEN.replace("E", "F"), "0" * 59, "1"]
)
def test_read_refuses_what_is_no_recovery_key(text: str) -> None:
    with pytest.raises(ValueError, match=r"sign|recovery key"):
        recovery_key.read(text)


@given(
    st.integers(0, 47),
    st.sampled_from("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"),
)
def test_read_notices_nearly_every_wrong_sign(place: int, sign: str) -> None:
    signs = WRITTEN.replace(" ", "")
    wrong = signs[:place] + sign + signs[place + 1 :]
    try:
        read = recovery_key.read(wrong)
    except ValueError:
        return
    # One byte of parity lets one in 256 pass, of which this can be no other key silently.
    assert wrong == signs or read != KEY

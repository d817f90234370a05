"""Decoding survives everything that a remote server can put into an answer."""

import json
import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matrix import decode

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
)  # fmt: skip


@given(JSON)
def test_loads_reads_what_is_well_formed(value: object) -> None:
    assert decode.loads(json.dumps(value).encode()) == json.loads(json.dumps(value))


@given(st.binary())
def test_loads_of_anything_returns_or_raises_value_error(data: bytes) -> None:
    try:
        decode.loads(data)
    except ValueError:
        return


def test_loads_keeps_what_stands_beside_nan() -> None:
    found = decode.loads(b'{"a": NaN, "b": -Infinity, "c": 1}')
    assert math.isnan(found["a"])
    assert (found["b"], found["c"]) == (-math.inf, 1)


def test_loads_replaces_lone_surrogates_and_keeps_pairs() -> None:
    found = decode.loads(rb'{"lone": "x\ud800y", "pair": "\ud83d\ude00", "text": "\\ud800"}')
    assert found == {"lone": "x\ufffdy", "pair": "\U0001f600", "text": "\\ud800"}


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"x":', b"}")])
def test_loads_cuts_what_is_20000_deep_and_keeps_the_rest(opening: bytes, closing: bytes) -> None:
    deep = opening * 20_000 + b"1" + closing * 20_000
    found = decode.loads(b'{"before": 1, "deep": ' + deep + b', "after": "]}"}')
    assert (found["before"], found["after"]) == (1, "]}")
    depth, value = 0, found["deep"]
    while isinstance(value, (list, dict)):
        value = value[0] if isinstance(value, list) else value["x"]
        depth += 1
    assert value is None
    assert depth < decode.DEPTH_LIMIT


@pytest.mark.parametrize("digits", ["9007199254740993", "9" * 30, "9" * 5_000])
@pytest.mark.parametrize("beside", ["1", "NaN"])
def test_loads_reads_beside_an_integer_beyond_2_to_the_53(digits: str, beside: str) -> None:
    found = decode.loads(f'{{"huge": {digits}, "beside": {beside}, "body": "!ping"}}'.encode())
    assert found["body"] == "!ping"
    assert found["huge"] >= 2**53


def test_loads_takes_the_last_of_duplicate_keys() -> None:
    assert decode.loads(b'{"body": "a", "body": "b", "x": 1}') == {"body": "b", "x": 1}
    assert decode.loads(b'{"body": "a", "body": "b", "x": NaN}')["body"] == "b"


def test_loads_reads_invalid_utf8_and_control_characters() -> None:
    assert decode.loads(b'{"a": "\xff", "b": "x\ny"}') == {"a": "\ufffd", "b": "x\ny"}


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b'{"a": [1, ', b'{"a": "b', b'{"a": "b\\', b"<html>", b"[" * 20_000, b"]", b"\0"],
    ids=lambda data: repr(data[:10]),
)
def test_loads_of_what_is_no_json_raises_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode.loads(data)


@pytest.mark.parametrize("tail", [b"", b"\\", b'"'])
def test_loads_of_a_broken_string_is_not_slow(tail: bytes) -> None:
    began = time.process_time()
    with pytest.raises(ValueError, match=r"."):
        decode.loads(b'{"a": "' + rb"\"" * 200_000 + tail)
    assert time.process_time() - began < 1


def test_dumps_replaces_lone_surrogates() -> None:
    assert json.loads(decode.dumps({"a": "x\ud800"})) == {"a": "x\ufffd"}

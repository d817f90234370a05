"""One parcel is one request, and its transaction id is as unique as the act."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.ids import Oid, RoomId
from bot.matrix import wire
from bot.storage.outbox import Parcel

NAMES = st.sampled_from(["a", "b", "c"])
TYPES = st.sampled_from(["m.room.message", "m.room.redaction", "m.reaction"])


def parcel(oid: str, type_: str) -> Parcel:
    return Parcel(Oid(oid), RoomId("!r"), "!r", type_, {}, datetime(2026, 1, 1, tzinfo=UTC))


@given(NAMES, TYPES, NAMES, NAMES, TYPES, NAMES)
def test_txn_id_is_equal_exactly_for_equal_acts(
    oid: str, type_: str, epoch: str, oid2: str, type2: str, epoch2: str
) -> None:
    one = wire.txn_id_of(epoch, parcel(oid, type_))
    other = wire.txn_id_of(epoch2, parcel(oid2, type2))
    assert (one == other) == ((oid, type_, epoch) == (oid2, type2, epoch2))


def test_txn_id_fits_into_a_path() -> None:
    txn_id = wire.txn_id_of("epoch", parcel("x" * 22, "m.room.message"))
    assert len(txn_id) == 24
    assert txn_id.replace("-", "").replace("_", "").isalnum()

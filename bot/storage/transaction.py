"""A transaction: rows that become true together, or not at all."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import CursorResult, Executable
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncTransaction

Row = Mapping[str, object]


class Reader(Protocol):
    """Something that can be asked with SQLAlchemy statements: a transaction or a read snapshot."""

    @property
    def engine(self) -> str:
        """Return ``sqlite`` or ``postgresql``."""
        ...

    async def execute(
        self, statement: Executable, parameters: Row | Sequence[Row] | None = None
    ) -> CursorResult[Any]:
        """Run one statement and return its buffered result."""
        ...


class Snapshot:
    """A consistent read of the database, beside the writer and never in its way."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @property
    def engine(self) -> str:
        """Return ``sqlite`` or ``postgresql``."""
        return self._connection.dialect.name

    async def execute(
        self, statement: Executable, parameters: Row | Sequence[Row] | None = None
    ) -> CursorResult[Any]:
        """Run one statement and return its buffered result."""
        return await self._connection.execute(statement, parameters)


class Transaction:
    """One unit of effects inside a group commit (ADR 0003).

    Several units share one durable commit; each has its own savepoint, taken at its first statement
    when it is not alone, so that a unit that fails leaves no trace and the others go on. Rows given
    to ``defer`` are written in bulk just before the commit, after all statements of the group.
    """

    def __init__(self, connection: AsyncConnection, *, is_alone: bool) -> None:
        self._connection = connection
        self._is_alone = is_alone
        self._savepoint: AsyncTransaction | None = None
        self.deferred: list[tuple[Executable, Row]] = []
        self.announced: list[object] = []

    @property
    def engine(self) -> str:
        """Return ``sqlite`` or ``postgresql``."""
        return self._connection.dialect.name

    async def execute(
        self, statement: Executable, parameters: Row | Sequence[Row] | None = None
    ) -> CursorResult[Any]:
        """Run one statement inside the transaction and return its buffered result."""
        if self._savepoint is None and not self._is_alone:
            self._savepoint = await self._connection.begin_nested()
        return await self._connection.execute(statement, parameters)

    def defer(self, statement: Executable, row: Row) -> None:
        """Write ``row`` with ``statement`` in bulk just before the commit.

        For rows that this unit does not read back: outbox rows and marks. Rows of the same
        statement object travel together, in the order given.
        """
        self.deferred.append((statement, row))

    def announce(self, item: object) -> None:
        """Tell whoever listens to the database of ``item`` once the commit is durable."""
        self.announced.append(item)

    async def release(self) -> None:
        """Keep the effects of this unit for the commit of the group."""
        if self._savepoint is not None:
            await self._savepoint.commit()
            self._savepoint = None

    async def undo(self) -> None:
        """Forget the effects of this unit; the others of the group stay."""
        self.deferred.clear()
        self.announced.clear()
        if self._savepoint is not None:
            await self._savepoint.rollback()
            self._savepoint = None

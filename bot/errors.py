"""The errors that have a meaning for somebody: a member, or the operator."""

from collections.abc import Mapping


class UserError(Exception):
    """Something a member did cannot be done; the catalogue has the sentence that says so.

    ``message_id`` names a text in the catalogues; ``params`` fill its placeholders. The effects of
    the handler that raises it are rolled back, and the sentence is the answer.
    """

    def __init__(self, message_id: str, **params: object) -> None:
        super().__init__(message_id)
        self.message_id = message_id
        self.params: Mapping[str, object] = params


class OperatorError(Exception):
    """The bot cannot start or go on; the message says to the operator what is wrong and what to do.

    ``exit_code`` is what the command line ends with: 2 for a wrong configuration, 1 otherwise.
    """

    def __init__(self, message: str, *, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code

"""Whether what no fault explains is found in a log, and what one explains is not."""

from bench.logbook import happenings, unexpected

AT = "2026-03-24T13:00:00.000+00:00"
WELL = f"""{AT} info event=ready
{AT} warning event=sync_failed attempt=1 wait=1.0 reason='no answer'
{AT} error event=position_refused reason='400'
"""


def test_well_log_has_nothing_unexpected() -> None:
    assert unexpected(WELL) == []
    assert happenings(WELL) == {"sync_failed": 1, "position_refused": 1}


def test_error_that_nobody_expects_is_found() -> None:
    line = f"{AT} error event=handler_failed event_id=$a"
    assert unexpected(f"{WELL}{line}\n{WELL}") == [line]


def test_traceback_is_found_whole_with_the_line_before_it() -> None:
    block = f"{AT} warning event=odd\nTraceback (most recent call last):\nKeyError: 7"
    assert unexpected(f"{WELL}{block}\n{WELL}") == [block]


def test_line_that_no_log_writes_is_found() -> None:
    warning = "bot.py:7: RuntimeWarning: coroutine was never awaited"
    assert unexpected(f"{warning}\n{WELL}") == [warning]

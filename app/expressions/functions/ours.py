"""The functions that Waymark adds for deadlines, and the two that read the time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from app.expressions import limits, temporal
from app.expressions.errors import ExpressionError
from app.expressions.functions.registry import MISSING, builtin
from app.expressions.run import Run
from app.expressions.values import Value
from app.workdays import MAX_DAYS, Deadline, UncountableTime


@builtin("now")
def now(run: Run) -> datetime:
    return run.environment.local_now()


@builtin("today")
def today(run: Run) -> date:
    return run.environment.local_now().date()


@builtin("workdays", "n: number, from?: any")
def workdays(run: Run, n: Value, start: Value = MISSING) -> Value:
    """Close of the n-th working day after a day (day 0), which is today unless said otherwise."""
    moment = run.environment.now if start is MISSING else _moment(run, start)
    return None if moment is None else _counted(run, "workdays", n, moment)


@builtin("days", "n: number, from?: any")
def days(run: Run, n: Value, start: Value = MISSING) -> Value:
    """Close of the n-th calendar day after a day (day 0), which is today unless said otherwise."""
    moment = run.environment.now if start is MISSING else _moment(run, start)
    return None if moment is None else _counted(run, "days", n, moment)


@builtin("workdays_before", "n: number, at: any")
@builtin("workdays before", "n: number, at: any")
def workdays_before(run: Run, n: Value, at: Value) -> Value:
    """The n-th working day before a moment, at the same time of day."""
    moment = _moment(run, at)
    return None if moment is None else _counted(run, "workdays_before", n, moment)


def _counted(run: Run, method: str, n: Value, moment: datetime) -> Value:
    if n != int(n):
        raise ExpressionError(f"A number of days must be whole, not {n}.")
    run.spend(limits.COUNTING + int(min(abs(n), MAX_DAYS)))
    try:
        deadline: Deadline = getattr(run.environment.calendar, method)(int(n), moment)
    except UncountableTime as error:
        raise ExpressionError(error.detail) from error
    if deadline.before is not None:
        target = next((one for one in reversed(run.counted) if one.at == deadline.before[1].at), deadline.before[1])
        deadline = replace(deadline, before=(deadline.before[0], target))
    run.counted.append(deadline)
    return run.environment.calendar.local(deadline.at)


def _moment(run: Run, value: Value) -> datetime | None:
    """A moment from a date and time, a date (its close), or the text of either."""
    if type(value) is str:
        value = temporal.parse_datetime(value) or temporal.parse_date(value)
    if type(value) is date:
        return run.environment.calendar.closing(value)
    return run.environment.calendar.local(value) if type(value) is datetime else None

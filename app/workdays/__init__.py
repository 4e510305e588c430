"""Working days and local time: when a deadline falls, and in a plain sentence how it was counted (XX-2)."""

from app.workdays.calendar import MAX_DAYS, BadCalendar, Calendar, Deadline, UncountableTime
from app.workdays.durations import IsoDuration
from app.workdays.pausing import Moved, resumed

__all__ = [
    "MAX_DAYS",
    "BadCalendar",
    "Calendar",
    "Deadline",
    "IsoDuration",
    "Moved",
    "UncountableTime",
    "resumed",
]

"""What passes the doors, counted and held back: requests by rule and status, and limits on how many come."""

from app.traffic.counting import count, render
from app.traffic.limiting import Limits

__all__ = ["Limits", "count", "render"]

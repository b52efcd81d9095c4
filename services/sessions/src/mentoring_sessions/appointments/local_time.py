"""Times of the clock in the zones of people; nothing here touches a database."""

from datetime import datetime
from zoneinfo import ZoneInfo


def known_zone(name: str) -> str:
    """The name of a time zone. ValueError for one that nobody knows."""
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError("a time zone such as Europe/London is wanted") from None
    return name


def shown(moment: datetime, zone: str) -> datetime:
    """The moment by the clocks of a zone; its offset tells the two half past ones of a long night apart."""
    return moment.astimezone(ZoneInfo(zone))

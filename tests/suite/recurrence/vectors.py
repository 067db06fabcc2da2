"""Writes vectors.txt: rules and the instants that python-dateutil gives for them at Europe/London.

    pip install python-dateutil
    python3 vectors.py > vectors.txt

A line is: first date, minute of the day, rule, and the differences in minutes between one instant and the next, the first
counted from midnight UTC of the first date. A time that the clock never shows is written as "gap" and not counted.
"""

import random
from datetime import datetime, timedelta, timezone

from dateutil import rrule, tz

LONDON = tz.gettz("Europe/London")
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
STARTS = ["2026-10-12", "2027-03-15", "2027-11-01", "2028-01-31", "2028-02-15", "2026-12-29", "2027-10-30"]


def rule(chance, first):
    every = chance.choice(["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=MONTHLY"])
    interval = chance.choice([1, 1, 1, 2, 3, 4, 6])
    parts = [every] + ([f"INTERVAL={interval}"] if interval != 1 else [])
    if every == "FREQ=WEEKLY":
        days = sorted(chance.sample(range(7), chance.choice([1, 1, 2, 3])))
        parts.append("BYDAY=" + ",".join(DAYS[day] for day in days))
    if every == "FREQ=MONTHLY":
        if chance.random() < 0.5:
            parts.append(f"BYMONTHDAY={chance.choice([1, 14, 28, 29, 29, 30, 31])}")
        else:
            parts.append(f"BYDAY={chance.choice([1, 2, 3, 4, -1])}{chance.choice(DAYS)}")
    if chance.random() < 0.5:
        parts.append(f"COUNT={chance.choice([1, 2, 5, 12, 20, 52])}")
    else:
        until = first + timedelta(days=chance.randrange(0, 700))
        parts.append(f"UNTIL={until:%Y%m%d}")
    return ";".join(parts)


def instants(text, first, minute):
    """None where the product would refuse: too many dates, too long, or none at all."""
    start = first + timedelta(minutes=minute)
    head, _, until = text.partition("UNTIL=")
    text = f"{head}UNTIL={until}T235959" if until else text
    last = first.replace(year=first.year + 2) if (first.month, first.day) != (2, 29) else datetime(first.year + 2, 2, 28)
    found = list(rrule.rrulestr(text, dtstart=start))
    if not found or 200 < len(found) or last + timedelta(days=1) <= found[-1]:
        return None
    return found


def main():
    chance = random.Random(20261122)
    lines = set()
    while len(lines) < 2400:
        first = datetime.fromisoformat(chance.choice(STARTS)) + timedelta(days=chance.randrange(0, 30))
        minute = chance.choice([570, 870, 30, 90, 1380])
        text = rule(chance, first)
        found = instants(text, first, minute)
        if found is None:
            continue
        steps, before = [], first.replace(tzinfo=timezone.utc)
        for wall in found:
            local = wall.replace(tzinfo=LONDON)
            if not tz.datetime_exists(local):
                steps.append("gap")
                continue
            instant = local.astimezone(timezone.utc)
            steps.append(str(int((instant - before).total_seconds()) // 60))
            before = instant
        lines.add(f"{first:%Y-%m-%d} {minute} {text} {','.join(steps)}")
    print("\n".join(sorted(lines)))


main()

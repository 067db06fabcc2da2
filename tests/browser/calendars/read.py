#!/usr/bin/python3
"""Reads an iCalendar file with two parsers that know nothing of each other and prints what each understood, as JSON.

Usage: read.py FILE. Needs Debian's python3-icalendar and python3-vobject. Any complaint of a parser ends it with an error.
"""
import datetime
import json
import sys

import icalendar
import vobject


def seconds(moment):
    assert isinstance(moment, datetime.datetime) and moment.tzinfo, f"{moment!r} is no instant"
    return int(moment.timestamp())


def by_icalendar(text):
    calendar = icalendar.Calendar.from_ical(text)
    assert not calendar.errors, calendar.errors
    for event in calendar.walk("VEVENT"):
        assert not event.errors, event.errors
        yield {
            "uid": str(event["UID"]),
            "start": seconds(event.decoded("DTSTART")),
            "end": seconds(event.decoded("DTEND")),
            "status": str(event["STATUS"]),
            "sequence": int(event["SEQUENCE"]),
            "summary": str(event["SUMMARY"]),
            "location": str(event["LOCATION"]),
        }


def by_vobject(text):
    calendar = vobject.readOne(text, validate=True)
    assert calendar.name == "VCALENDAR"
    for event in calendar.contents.get("vevent", []):
        yield {
            "uid": event.uid.value,
            "start": seconds(event.dtstart.value),
            "end": seconds(event.dtend.value),
            "status": event.status.value,
            "sequence": int(event.sequence.value),
            "summary": event.summary.value,
            "location": event.location.value,
        }


with open(sys.argv[1], encoding="utf-8", newline="") as file:
    whole = file.read()
json.dump({"icalendar": list(by_icalendar(whole)), "vobject": list(by_vobject(whole))}, sys.stdout)

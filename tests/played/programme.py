"""The programme of a summer university: a calendar file, who comes, and what changes."""

from datetime import datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

PROGRAMME = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:universite@ailleurs
SUMMARY:Université d’été
DTSTART;VALUE=DATE:20260328
DTEND;VALUE=DATE:20260331
END:VEVENT
BEGIN:VEVENT
UID:a@ailleurs
SUMMARY:Atelier A
DTSTART;TZID=Europe/Paris:20260328T140000
DTEND;TZID=Europe/Paris:20260328T160000
END:VEVENT
BEGIN:VEVENT
UID:b@ailleurs
SUMMARY:Atelier B
DTSTART;TZID=Europe/Paris:20260329T100000
DTEND;TZID=Europe/Paris:20260329T120000
END:VEVENT
BEGIN:VEVENT
UID:c@ailleurs
SUMMARY:Atelier C
DTSTART:20260330T080000Z
DTEND:20260330T100000Z
END:VEVENT
BEGIN:VEVENT
UID:cafe@ailleurs
SUMMARY:Café
DTSTART;TZID=Europe/Paris:20260328T093000
DURATION:PT30M
RRULE:FREQ=DAILY;COUNT=3
END:VEVENT
END:VCALENDAR
"""

COMES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5}
"""Every n-th person comes to a session of the programme. On 29 March clocks go forward."""

CHANGES = [
    (datetime(2026, 3, 26, 12, tzinfo=PARIS), "!rdv déplacer C5 29 mars | 29 mars 11h"),
    (datetime(2026, 3, 27, 12, tzinfo=PARIS), "!rdv déplacer C3 dimanche 29 mars 15h-17h"),
    (datetime(2026, 3, 29, 12, tzinfo=PARIS), "!rdv annuler C4"),
]

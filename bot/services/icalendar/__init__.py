"""Icalendar: meetings as the files that other calendars read (RFC 5545)."""

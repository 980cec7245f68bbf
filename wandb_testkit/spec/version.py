"""Owns the version of the spec: the day on which its rules last changed.

A report of the conformance suite names it, because a rule that was added, changed or retired can turn somebody's build
red. A test holds RULES, the check sum of all clauses, against it.
"""

VERSION = "2026-11-26"

RULES = "d014c1a351f666a4"
"""Of ids and profiles; a sentence may be mended without a new day."""

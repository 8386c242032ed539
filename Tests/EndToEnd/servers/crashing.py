"""Exits at once with a last word on standard error."""

import sys

from raw import tell

tell("started")
sys.exit("cannot open database /nowhere/x.db")

"""Correct an event of a record again and again, two fields at a time, and tell of each review once it is kept: ``reviewer.py RECORD EVENT NAME COUNT``."""

from __future__ import annotations

import sys

from diurna.store import Store


def main() -> None:
    """Review until COUNT or a kill."""
    record, event, name, count = sys.argv[1:]
    store = Store(record)
    for number in range(int(count)):
        store.review(event, "correct", by=name, reason=f"{name} {number}", changes={"modality": "future", "mode": None})
        print(f"{name} {number}", flush=True)


if __name__ == "__main__":
    main()

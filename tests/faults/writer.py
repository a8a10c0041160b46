"""Write numbered stories to a record, one batch each, and print each number once it is written: ``writer.py RECORD FROM TO``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from test_store import CODER, story

from diurna.store import Store

if __name__ == "__main__":
    store = Store(sys.argv[1])
    for number in range(int(sys.argv[2]), int(sys.argv[3])):
        store.write([story(number)], CODER)
        print(number, flush=True)

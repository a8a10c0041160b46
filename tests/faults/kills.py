"""Kill writers at random instants and count what is lost or doubled: ``kills.py KILLS RECORD``.

Each writer starts again at the first story that was not acknowledged, as a resumed run does, with a second writer beside it that brings the
same stories. Prints one JSON object; exit code 1 on any loss.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from diurna.store import Store, repair, verify

WRITER = Path(__file__).resolve().parent / "writer.py"


def main(kills: int, record: str) -> int:
    chance = random.Random(7)
    Store.create(record)
    told: set[int] = set()
    made = 0
    while made < kills:
        first = max(told, default=-1) + 1
        pair = [subprocess.Popen([sys.executable, str(WRITER), record, str(first), str(first + 10_000)], stdout=subprocess.PIPE, text=True) for _ in range(2)]
        for writer in pair:
            assert writer.stdout is not None
            writer.stdout.readline()  # it has started
        told.add(first)
        time.sleep(chance.uniform(0.0, 0.4))
        for writer in pair:
            writer.send_signal(signal.SIGKILL)
            made += 1
        for writer in pair:
            told |= {int(line) for line in (writer.stdout or ()) if line.endswith("\n")}
            writer.wait()
            if writer.stdout:
                writer.stdout.close()
    store = Store(record)
    swept = repair(store, grace_hours=0)
    numbers = Counter(int(s.text.rsplit(" ", 1)[-1].rstrip(".")) for s in store.stories())
    events = Counter(row for (row,) in store.rows("events").select("id").collect().iter_rows())
    found = {
        "kills": made,
        "stories": len(numbers),
        "lost": len(told - set(numbers)),
        "doubled": sum(n > 1 for n in numbers.values()) + sum(n > 1 for n in events.values()),
        "swept": sum(swept.values()),
        "faults": len(verify(store)),
    }
    print(json.dumps(found))
    return int(bool(found["lost"] or found["doubled"] or found["faults"]))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2]))

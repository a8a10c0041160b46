"""Ask a running service for views at a steady rate and tell how long answers took: ``python bench/service.py URL [A_SECOND] [SECONDS]``.

The limits of the service hold on a machine that does nothing else: 95 % of answers within 60 ms at 50 requests a second over 1 M events, no error.
"""

from __future__ import annotations

import http.client
import random
import sys
import threading
import time
from itertools import pairwise
from urllib.parse import urlsplit

_VIEWS = (
    "/api/v1/events", "/api/v1/events?type=ASSAULT", "/api/v1/events?dyad={a}-{b}", "/api/v1/events?country={a}&modality=actual", "/api/v1/dyads?country={a}",
    "/api/v1/dyads/{a}-{b}?by=month", "/api/v1/countries/{a}", "/api/v1/networks?least=20", "/api/v1/stories", "/api/v1/search?q={a}", "/api/v1/claims?actor={a}",
)  # fmt: skip
_SLOWEST = 5  # answers named
_CODES = "USA RUS UKR CHN IRN ISR SYR TUR FRA DEU GBR IND PAK PRK KOR JPN VEN COL BRA MEX EGY SAU YEM IRQ AFG".split()


def main(url: str, a_second: float, seconds: float) -> None:
    """Send requests from 16 threads, each at its own time whether or not others were answered; print the figures."""
    chance, host, taken, errors = random.Random(1), urlsplit(url).netloc, [], []  # noqa: S311 - the same views each time
    plan = [chance.choice(_VIEWS).format(a=a, b=b) for a, b in pairwise(chance.choices(_CODES, k=int(a_second * seconds) + 1))]
    begin = time.perf_counter() + 0.5

    def work(first: int) -> None:
        connection = http.client.HTTPConnection(host, timeout=60)
        for at in range(first, len(plan), 16):
            due = begin + at / a_second
            time.sleep(max(0.0, due - time.perf_counter()))
            connection.request("GET", plan[at], headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
            taken.append((time.perf_counter() - due, plan[at]))
            if answer.status != 200:
                errors.append((answer.status, plan[at]))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken.sort()
    at = {share: taken[int(len(taken) * share)][0] * 1000 for share in (0.5, 0.95, 0.99)}
    print(f"{len(taken)} requests at {a_second:g} a second: p50 {at[0.5]:.0f} ms, p95 {at[0.95]:.0f} ms, p99 {at[0.99]:.0f} ms, {len(errors)} errors")
    for seconds_, view in taken[: -1 - _SLOWEST : -1]:
        print(f"  {seconds_ * 1000:5.0f} ms  {view}")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 50.0, float(sys.argv[3]) if len(sys.argv) > 3 else 20.0)

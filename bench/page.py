"""Open the page over a record in a fresh browser and tell how long until it can be used: ``python bench/page.py RECORD``. Needs chromium and playwright.

The limit holds on a machine that does nothing else: 1.5 s over 100,000 events, 100 ms for what a click or a key does with answers that are kept.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.test_serve import ask, served

_SHOWN = "main:not([aria-busy]) h1"


def main(record: Path) -> None:
    """Time the first view as soon as the service listens, and again once its answers are ready; then keys."""
    from playwright.sync_api import sync_playwright

    began = time.perf_counter()
    with served(record) as server, sync_playwright() as playwright:
        print(f"service listens after {time.perf_counter() - began:.1f} s")
        for when in ("at once", "when ready"):
            while when == "when ready" and ask(f"{server}/health").facts["ready"] < 1:
                time.sleep(0.5)
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(base_url=server)
            start = time.perf_counter()
            page.goto("/")
            page.wait_for_selector(_SHOWN)
            print(f"{when}: page usable after {time.perf_counter() - start:.2f} s")
            if when == "when ready":
                for key, view in (("n", "network"), ("m", "map"), ("d", "dyad"), ("t", "today")):
                    start = time.perf_counter()
                    page.keyboard.press("g")
                    page.keyboard.press(key)
                    page.wait_for_url(f"**/{view}")
                    page.wait_for_selector(f"#nav a[aria-current][data-view={view}]")
                    page.wait_for_selector(_SHOWN)
                    print(f"g {key}: {view} after {(time.perf_counter() - start) * 1000:.0f} ms")
            browser.close()
        print(f"all ready after {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

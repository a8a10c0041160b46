"""Take the pictures of the docs from the sample record: ``python docs/pictures.py``. Needs chromium and playwright."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.test_serve import ask, served  # noqa: E402 - found by the line before

IMAGES = ROOT / "docs" / "images"


def main() -> None:
    """Take each view at a size that reads well in a README."""
    from playwright.sync_api import sync_playwright

    with served(None, "--demo") as server, sync_playwright() as playwright:
        story = max(ask(f"{server}/api/v1/stories?limit=1000").facts["items"], key=lambda s: (s["events"], s["id"]))["id"]
        views = {
            "today": ("/today?until=2031-02-21&days=3", "light", 1280), "story": (f"/story/{story}", "light", 1280),
            "dyad": ("/dyad/GBR-NOR?by=week&at=2031-02-10", "dark", 1280),
            "network": ("/network?least=3", "dark", 1280), "map": ("/map", "light", 1280), "phone": ("/today?until=2031-02-21&days=3", "dark", 390),
        }  # fmt: skip
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        IMAGES.mkdir(exist_ok=True)
        for name, (address, theme, width) in views.items():
            page = browser.new_page(base_url=server, color_scheme=theme, viewport={"width": width, "height": 800})  # type: ignore[arg-type]
            page.goto(address)
            page.wait_for_selector("main:not([aria-busy]) h1")
            page.wait_for_timeout(1500)  # charts draw
            page.screenshot(path=IMAGES / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()

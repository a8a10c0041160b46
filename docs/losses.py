"""Write docs/reference/losses.md: what each format loses; ``python docs/losses.py``, with ``--check`` to see whether it is up to date."""

from __future__ import annotations

import sys
from pathlib import Path

PATH = Path(__file__).resolve().parent / "reference/losses.md"


def page() -> str:
    """Write the page."""
    from diurna.exchange import FORMATS

    text = "# What each format loses\n\nMade by `python docs/losses.py` from `src/diurna/exchange/losses.toml`; `diurna export FORMAT --losses` prints the same. "
    text += "A field that is not listed reads back equal to what was written. `*` stands for any part of a field's name ([the record's fields](../record.md)).\n"
    for form in FORMATS.values():
        text += f"\n## {form.name}\n\n{form.title[0].upper()}{form.title[1:]}.{'' if form.write else ' Read only.'}\n\n"
        if not form.losses:
            text += "Nothing is lost.\n"
            continue
        text += "| field | what becomes of it |\n|---|---|\n"
        text += "".join(f"| {'`' + loss.field + '`' if '.' in loss.field else loss.field} | {loss.what} |\n" for loss in form.losses)
    return text


def main() -> int:
    """Write the page, or with ``--check`` say whether it is up to date."""
    if "--check" in sys.argv:
        return int(PATH.read_text("utf-8") != page())
    PATH.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

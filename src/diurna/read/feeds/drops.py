"""Take stories out of folders that others drop files or mails into. Nothing there is moved, changed or deleted."""

from __future__ import annotations

import email
import json
import re
import time
from dataclasses import replace
from email import policy
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import TYPE_CHECKING

from diurna.errors import InputError
from diurna.read.documents import read_html
from diurna.read.inputs import read
from diurna.read.story import MAX_BYTES, story_from_text
from diurna.records import Reject, Story

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from diurna.read.feeds.config import Feed
    from diurna.read.feeds.state import State

__all__ = ["read_mail", "take_drops"]

_SETTLED = 2.0  # seconds since a file was last written to; a younger one may still be growing
_STEP = 50  # stories kept at a time
_MAIL_BYTES = 25_000_000
_MAIL_FOLDERS = ("new", "cur")  # of a Maildir
_MAILS = (".eml", ".mbox.eml", "")


def take_drops(feed: Feed, state: State, room: int) -> bool:
    """Take up to ``room`` stories of a folder's files that have not been taken yet.

    Returns:
        Whether all that is there has been taken.

    Raises:
        InputError: D210 if there is no such folder.
    """
    folder = feed.path
    if folder is None or not folder.is_dir():
        raise InputError("D210", "there is no such folder", str(folder))
    for path in _files(folder, mail=feed.kind == "mail"):
        try:
            facts = path.stat()
        except OSError:  # taken away meanwhile
            continue
        if time.time() - facts.st_mtime < _SETTLED:
            continue
        stamp = f"{facts.st_mtime_ns}:{facts.st_size}"
        taken, finished = state.file(str(path), stamp)
        if finished:
            continue
        if room <= 0:
            return False
        room -= _take(feed, state, path, stamp, taken, room)
    return room > 0


def _files(folder: Path, *, mail: bool) -> Iterator[Path]:
    if mail and all((folder / name).is_dir() for name in _MAIL_FOLDERS):
        for name in _MAIL_FOLDERS:
            yield from (p for p in sorted((folder / name).iterdir()) if p.is_file() and not p.name.startswith("."))
        return
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith((".", "~")) or part.endswith((".tmp", ".part")) for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden and (not mail or path.suffix in _MAILS):
            yield path


def _take(feed: Feed, state: State, path: Path, stamp: str, taken: int, room: int) -> int:
    """Keep stories of one file from where it was left, some at a time."""
    found = read_mail(path, feed.name) if feed.kind == "mail" else read([path], source=feed.name)
    rest = islice(found, taken, None)
    count = 0
    while True:
        part = list(islice(rest, min(_STEP, room - count)))
        rows = [_row(item, f"{path}#{stamp}#{taken + number}") for number, item in enumerate(part)]
        taken += len(part)
        count += len(part)
        full = count >= room
        finished = not part if not full else next(rest, None) is None
        state.put_stories(feed.name, str(path), stamp, rows, taken, finished=finished)
        if full or finished:
            return max(count, 1)


def _row(item: Story | Reject, key: str) -> tuple[str, str | None, str | None]:
    return (key, None, item.to_json()) if isinstance(item, Reject) else (key, json.dumps(item.to_dict() | {"id": None}, ensure_ascii=False), None)


def read_mail(path: Path, source: str) -> Iterator[Story | Reject]:
    """Read one mail: its plain text, or its HTML where it has no plain text.

    Args:
        path: the mail, as RFC 5322 has it.
        source: who publishes what comes by this way.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAIL_BYTES + 1)
        if len(data) > _MAIL_BYTES:
            raise InputError("D202", f"the mail is longer than {_MAIL_BYTES // 1_000_000} MB")  # noqa: TRY301 - one place makes rejects
        mail = email.message_from_bytes(data, policy=policy.default)
        subject, sent = str(mail.get("Subject", "")).strip(), str(mail.get("Date", ""))
        yield replace(
            story_from_text(_text_of(mail), published=_day(sent), source=source, title=subject or None, author=str(mail.get("From", "")).strip()[:200] or None),
            key=str(mail.get("Message-ID", "")).strip()[:200] or None,
        )
    except InputError as error:
        yield Reject(str(path), error.code, error.message)
    except OSError as error:
        yield Reject(str(path), "D211", f"the file cannot be opened ({error.strerror or error})")
    except (ValueError, LookupError, IndexError, AttributeError, TypeError) as error:  # what the standard library's parser raises on broken headers
        yield Reject(str(path), "D260", f"the mail is broken ({type(error).__name__}: {error})")


def _text_of(mail: EmailMessage) -> str:
    part = mail.get_body(preferencelist=("plain", "html"))
    if part is None:
        raise InputError("D260", "the mail holds no text")
    data = part.get_content()
    text = data if isinstance(data, str) else bytes(data).decode("utf-8", "replace")
    if len(text) > MAX_BYTES:
        raise InputError("D202", f"the text is longer than {MAX_BYTES // 1_000_000} MB")
    if part.get_content_type() == "text/html":
        return str(read_html(text)["text"])
    return re.split(r"^-- $", text, maxsplit=1, flags=re.MULTILINE)[0].strip()


def _day(sent: str) -> str | None:
    try:
        return parsedate_to_datetime(sent).date().isoformat()
    except (ValueError, TypeError):
        return None

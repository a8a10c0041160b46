"""Hand signals to their receivers: a terminal, a file, a webhook, mail. What is returned from is with the receiver; all else raises ``Undelivered``."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import smtplib
import ssl
import time
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formatdate
from typing import TYPE_CHECKING, Final

import httpcore2

from diurna.errors import ConfigError, InputError
from diurna.read.feeds.fetch import ascii_address, host_of, retry_seconds
from diurna.read.feeds.guard import GuardedBackend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from diurna.signals.channels import Channel
    from diurna.signals.outbox import Due
    from diurna.signals.signal import Signal

__all__ = ["Undelivered", "deliver", "signature", "told"]

_TAIL: Final = 1_000_000  # bytes of the longest line that a killed writer may have left unfinished
_DONE: Final = range(200, 300)


class Undelivered(Exception):  # noqa: N818 - what it says, read aloud
    """Say why a receiver does not have a signal; ``retry_after`` is how many seconds it asks to wait."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.retry_after = reason, retry_after


def deliver(due: Due, channel: Channel, write: Callable[[str], object]) -> None:
    """Hand a signal to a receiver.

    Args:
        due: the signal, when it was made, how often it was tried.
        channel: the way out.
        write: takes the lines of a terminal.

    Raises:
        Undelivered: if the receiver does not have it, or may not.
    """
    try:
        if channel.kind == "terminal":
            write(told(due.signal))
        elif channel.kind == "file":
            _append(due, channel)
        elif channel.kind == "webhook":
            _post(due, channel)
        else:
            _mail(due, channel)
    except ConfigError as error:  # a secret that is not there
        raise Undelivered(str(error)) from error


def told(signal: Signal) -> str:
    """Write a signal for people to read: what, by how many sources, the sentences, the link."""
    claimants = f" · according to {', '.join(signal.claimants)}" if signal.claimants else ""
    lines = [f"[{signal.rule}] {signal.title}", f"  {signal.on} · {signal.sources} independent source{'' if signal.sources == 1 else 's'}{claimants}"]
    if signal.about:
        lines.insert(1, f"  {signal.about}")
    for e in signal.evidence[:5]:
        who = f", {e.claimant}" if e.claimant else ""
        lines.append(f"  “{e.sentence}” ({e.source or 'no source'}, {e.published or 'no date'}{who}; {e.type} {e.modality}, {e.confidence:.2f})")
    if len(signal.events) > len(signal.evidence[:5]):
        lines.append(f"  and {len(signal.events) - len(signal.evidence[:5])} more events")
    return "\n".join([*lines, f"  {signal.link}"])


def _line(due: Due) -> bytes:
    return (json.dumps(due.signal.to_dict() | {"made": due.made}, ensure_ascii=False) + "\n").encode("utf-8", "replace")


# File


def _append(due: Due, channel: Channel) -> None:
    """Append a line and wait until the disk has it; a line that a killed process left half written is taken off first."""
    assert channel.path is not None
    try:
        channel.path.parent.mkdir(parents=True, exist_ok=True)
        if due.tries and _holds(channel.path, due.signal.id):
            return
        descriptor = os.open(channel.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            end = _sound_end(descriptor)
            os.ftruncate(descriptor, end)
            line = _line(due)
            while line:
                written = os.pwrite(descriptor, line, end)
                line, end = line[written:], end + written
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise Undelivered(f"{channel.path} cannot be written ({error.strerror or error})") from error


def _holds(path: Path, signal: str) -> bool:
    """Tell whether a file has a whole line of a signal."""
    if not path.exists():
        return False
    start = f'{{"id": "{signal}"'.encode()
    with path.open("rb") as file:
        return any(line.startswith(start) and line.endswith(b"\n") for line in file)


def _sound_end(descriptor: int) -> int:
    """Give the length of a file up to the end of its last whole line."""
    size = os.fstat(descriptor).st_size
    tail = os.pread(descriptor, _TAIL, max(0, size - _TAIL))
    if not tail or tail.endswith(b"\n"):
        return size
    return size - len(tail) + tail.rfind(b"\n") + 1 if b"\n" in tail or size <= _TAIL else size


# Webhook


def signature(secret: str, stamp: str, body: bytes) -> str:
    """Sign a body: HMAC-SHA256 over the stamp, a full stop and the body, as hexadecimal digits after ``sha256=``.

    >>> signature("secret", "1700000000", b"{}")
    'sha256=b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163'
    """
    return "sha256=" + hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _post(due: Due, channel: Channel) -> None:
    """Post a signal as JSON; the answer's status alone is read, and no redirect is followed."""
    body, stamp, secret = _line(due).rstrip(b"\n"), str(int(time.time())), channel.secret()
    headers: dict[bytes | str, bytes | str] = {
        "Content-Type": "application/json", "Content-Length": str(len(body)), "User-Agent": "diurna-signals", "Connection": "close", "Idempotency-Key": due.signal.id,
        "X-Diurna-Signal": due.signal.id, "X-Diurna-Timestamp": stamp,
    }  # fmt: skip
    if secret is not None:
        headers["X-Diurna-Signature"] = signature(secret, stamp, body)
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), channel.timeout)
    try:
        address = ascii_address(channel.url)
        headers["Host"] = host_of(address)
        backend = GuardedBackend(private=channel.allow_private, seconds=channel.timeout)
        with (
            httpcore2.ConnectionPool(network_backend=backend) as pool,
            pool.stream("POST", address, headers=headers, content=body, extensions={"timeout": timeouts}) as answer,
        ):
            status, told_back = answer.status, {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in answer.headers}
    except InputError as error:
        raise Undelivered("the address is not public; allow_private = true in the channel allows it") from error
    except httpcore2.TimeoutException as error:
        raise Undelivered(f"no answer within {channel.timeout:g} seconds") from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.UnsupportedProtocol, OSError, ValueError) as error:
        raise Undelivered(f"no usable answer ({error or type(error).__name__})") from error
    if status not in _DONE:
        raise Undelivered(f"the receiver answers {status}", retry_seconds(told_back.get("retry-after", "")))


# Mail


def _mail(due: Due, channel: Channel) -> None:
    """Send a mail; its ``Message-ID`` is made of the signal's id, so that mail programs show a repeated one once."""
    message = EmailMessage()
    message["Subject"] = f"[{due.signal.rule}] {due.signal.title}"[:200]
    message["From"], message["To"] = channel.sender, ", ".join(channel.recipients)
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = f"<{due.signal.id}@signals.diurna.invalid>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Diurna-Signal"] = due.signal.id
    message.set_content(told(due.signal).encode("utf-8", "replace").decode() + "\n")
    message.add_attachment(_line(due), maintype="application", subtype="json", filename=f"{due.signal.id}.json")
    password = channel.secret()
    try:
        with _server(channel) as server:
            if channel.user and password is not None:
                server.login(channel.user, password)
            refused = server.send_message(message)
    except smtplib.SMTPException as error:
        raise Undelivered(f"the mail server does not take it ({type(error).__name__}: {error})") from error
    except (OSError, ValueError) as error:
        raise Undelivered(f"the mail server cannot be reached ({error})") from error
    if refused:
        raise Undelivered(f"the mail server refuses {', '.join(sorted(refused))}")


@contextmanager
def _server(channel: Channel) -> Iterator[smtplib.SMTP]:
    """Connect to a mail server, encrypted unless it is this machine's own."""
    context = ssl.create_default_context(cafile=str(channel.ca) if channel.ca else None)
    if channel.tls == "implicit":
        server: smtplib.SMTP = smtplib.SMTP_SSL(channel.host, channel.port, timeout=channel.timeout, context=context)
    else:
        server = smtplib.SMTP(channel.host, channel.port, timeout=channel.timeout)
    with server:
        if channel.tls == "starttls":
            server.starttls(context=context)
        yield server

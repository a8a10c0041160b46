"""Channels: the ways out of signals, as a file of rules names them. Secrets never stand in the file."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn
from urllib.parse import urlsplit

from diurna.errors import ConfigError
from diurna.read.feeds.fetch import is_web_address

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["CHANNELS", "Channel", "channel_of", "near"]

CHANNELS: Final = {
    "terminal": (),
    "file": ("path",),
    "webhook": ("url", "secret_env", "secret_file", "allow_private", "timeout"),
    "mail": ("host", "port", "tls", "ca", "user", "secret_env", "secret_file", "sender", "recipients", "timeout"),
}
"""Kinds of channels, and the settings that each takes beside ``name`` and ``kind``."""
_TLS: Final = ("starttls", "implicit", "none")
_PORTS: Final = {"starttls": 587, "implicit": 465, "none": 25}


@dataclass(frozen=True, slots=True)
class Channel:
    """Name a way out.

    Args:
        name: unique in its file; what was delivered is remembered under it.
        kind: one of ``CHANNELS``.
        path: file: where lines are appended.
        url: webhook: where signals are posted.
        allow_private: webhook: allow addresses of this machine and of private networks.
        host: mail: the server that takes mail.
        port: mail: its port.
        tls: mail: ``starttls``, ``implicit``, or ``none`` to this machine alone.
        ca: mail: a PEM file of certificates to trust instead of the system's.
        user: mail: name to log in with.
        secret_env: name of the environment variable that holds the webhook's key or the mail's password.
        secret_file: or a file that holds it.
        sender: mail: address it is from.
        recipients: mail: addresses it is to.
        timeout: seconds for one delivery.
    """

    name: str
    kind: str
    path: Path | None = None
    url: str = ""
    allow_private: bool = False
    host: str = ""
    port: int = 0
    tls: str = "starttls"
    ca: Path | None = None
    user: str = ""
    secret_env: str = ""
    secret_file: Path | None = None
    sender: str = ""
    recipients: tuple[str, ...] = ()
    timeout: float = 15.0

    def secret(self) -> str | None:
        """Read the secret, or give None where the channel names none.

        Raises:
            ConfigError: D132 if it is named and not there.
        """
        if self.secret_env:
            if not (found := os.environ.get(self.secret_env)):
                raise ConfigError("D132", f"the environment variable {self.secret_env} is not set; it holds the secret of the channel", f"channel {self.name}")
            return found
        if self.secret_file is not None:
            try:
                found = self.secret_file.read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError("D132", f"the file of the secret cannot be read ({error})", f"channel {self.name}") from error
            if not found:
                raise ConfigError("D132", "the file of the secret is empty", f"channel {self.name}")
            return found
        return None


def channel_of(row: dict[str, Any], folder: Path, where: str) -> Channel:
    """Make a channel of a TOML table.

    Args:
        row: the table.
        folder: where relative paths begin.
        where: its place, for errors.

    Raises:
        ConfigError: D132 if something in it cannot be used.
    """
    kind = row.get("kind")
    if kind not in CHANNELS:
        _wrong(f"{f'there is no kind “{kind}”' if kind else 'it needs a kind'}{near(str(kind), CHANNELS)}; choose of {', '.join(CHANNELS)}", f"{where}: kind")
    allowed = ("name", "kind", *CHANNELS[kind])
    for key in row:
        if key == "secret" or key == "password":  # noqa: PLR1714 - two plain names
            _wrong("a secret does not stand in the file of rules; name an environment variable with secret_env, or a file with secret_file", f"{where}: {key}")
        if key not in allowed:
            _wrong(f"there is no such key{near(key, allowed)}; a {kind} takes {', '.join(allowed)}", f"{where}: {key}")
    name = row.get("name")
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        _wrong("it needs a name on one line", where)
    _typed(row, where)
    given = dict(row)
    for key in ("path", "ca", "secret_file"):
        if key in row:
            given[key] = (folder / Path(row[key]).expanduser()).absolute()
    if "recipients" in row:
        given["recipients"] = tuple(row["recipients"])
    if kind == "mail":
        given.setdefault("port", _PORTS.get(str(row.get("tls", "starttls")), 0))
    channel = Channel(**given)
    _fit(channel, where)
    return channel


def _typed(row: dict[str, Any], where: str) -> None:
    """Refuse a value of the wrong kind."""
    for key, value in row.items():
        if key == "allow_private":
            fine, said = isinstance(value, bool), "it is true or false"
        elif key == "port":
            fine, said = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 65536, "it is a number from 1 to 65535"  # noqa: PLR2004 - of TCP
        elif key == "timeout":
            fine, said = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= 600, "it is a number of seconds, at most 600"  # noqa: PLR2004 - ten minutes
        elif key == "recipients":
            fine, said = isinstance(value, list) and bool(value) and all(_address(v) for v in value), "it is a list of mail addresses"
        else:
            fine, said = isinstance(value, str) and bool(value) and value.isprintable(), "it is text on one line"
        if not fine:
            _wrong(said, f"{where}: {key}")


def _fit(channel: Channel, where: str) -> None:
    """Refuse a channel that lacks what its kind needs."""
    if channel.kind == "file" and channel.path is None:
        _wrong("it needs a path", where)
    if channel.kind == "webhook":
        if not is_web_address(channel.url):
            _wrong("it needs a url that begins with http:// or https://", f"{where}: url")
        if "@" in urlsplit(channel.url).netloc:
            _wrong("a name and a password do not stand in the address; sign with secret_env", f"{where}: url")
    if channel.kind == "mail":
        if not channel.host or not channel.recipients or not _address(channel.sender):
            _wrong("it needs host, sender (a mail address) and recipients (a list of them)", where)
        if channel.tls not in _TLS:
            _wrong(f"there is no “{channel.tls}”{near(channel.tls, _TLS)}; choose of {', '.join(_TLS)}", f"{where}: tls")
        if channel.tls == "none" and not _here(channel.host):
            _wrong("mail to another machine is encrypted: choose starttls or implicit", f"{where}: tls")
    if channel.secret_env and channel.secret_file:
        _wrong("name either secret_env or secret_file", where)
    if channel.user and not (channel.secret_env or channel.secret_file):
        _wrong("a user logs in with a password: name secret_env or secret_file", f"{where}: user")


def _here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _address(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and value.count("@") == 1 and not value.startswith("@") and not value.endswith("@") and not set(value) & set(" ,;<>\"'")


def near(value: str, allowed: Iterable[str]) -> str:
    """Name what was likely meant by a value that is not allowed.

    >>> near("webhok", CHANNELS), near("pigeon", CHANNELS)
    ('; did you mean webhook?', '')
    """
    by_fold = {a.casefold(): a for a in allowed}
    found = get_close_matches(value.casefold(), by_fold, n=1, cutoff=0.6)
    return f"; did you mean {by_fold[found[0]]}?" if found else ""


def _wrong(message: str, where: str) -> NoReturn:
    raise ConfigError("D132", message, where)

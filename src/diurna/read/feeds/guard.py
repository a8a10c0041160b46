"""Connect to public addresses only, and for a bounded time.

The address that was checked is the address that is connected to, so that a name which answers differently the second time gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from typing import TYPE_CHECKING, Any

import httpcore2

from diurna.errors import InputError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

__all__ = ["GuardedBackend", "is_public"]

_CONNECT = 10.0  # seconds


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the public internet.

    >>> is_public("93.184.216.34"), is_public("127.0.0.1"), is_public("::ffff:10.0.0.1"), is_public("169.254.169.254")
    (True, False, False, False)
    """
    found = ipaddress.ip_address(address.split("%", 1)[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo and found.teredo[1]) or _translated(found)
        if inner:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast and not found.is_reserved


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Take the IPv4 address out of one that a NAT64 gateway translates (RFC 6052)."""
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in ipaddress.ip_network("64:ff9b::/96") else None


class GuardedBackend(httpcore2.NetworkBackend):
    """Open connections for httpcore2.

    Args:
        private: allow addresses of this machine and of private networks.
        seconds: longest life of a connection, whatever trickles through it.
    """

    def __init__(self, *, private: bool, seconds: float) -> None:
        self._private = private
        self._seconds = seconds
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None, socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None
    ) -> httpcore2.NetworkStream:
        """Resolve, check and connect to the first address that answers.

        Raises:
            InputError: D250 if any address of the host is private.
        """
        deadline = time.monotonic() + self._seconds
        failed: Exception = httpcore2.ConnectError("the name has no address")
        for address in self._addresses(host, port):
            try:
                left = min(timeout or _CONNECT, max(0.1, deadline - time.monotonic()))
                return _BoundedStream(self._inner.connect_tcp(address, port, left, local_address, socket_options), deadline)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
        raise failed

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = list(dict.fromkeys(str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"the name {host} cannot be resolved ({error})") from error
        if not self._private and not all(is_public(address) for address in found):
            raise InputError("D250", f"{host} stands for an address that is not public; --allow-private reads it nonetheless", host)
        return found

    def sleep(self, seconds: float) -> None:
        """Wait, as the base class does."""
        time.sleep(seconds)


class _BoundedStream(httpcore2.NetworkStream):
    """Pass bytes until a moment comes; a server that drips a byte a second is cut off there."""

    def __init__(self, inner: httpcore2.NetworkStream, deadline: float) -> None:
        self._inner = inner
        self._deadline = deadline

    def _left(self, timeout: float | None) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("the answer takes too long")
        return min(left, timeout or left)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None) -> httpcore2.NetworkStream:
        return _BoundedStream(self._inner.start_tls(ssl_context, server_hostname, self._left(timeout)), self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as the base class has it
        return self._inner.get_extra_info(info)

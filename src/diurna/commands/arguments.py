"""Checks of arguments that several commands share."""

from __future__ import annotations

from diurna.errors import ConfigError, InputError

__all__ = ["check_published"]


def check_published(published: str | None) -> None:
    """Refuse a date that is none before anything is read: the call is wrong, no story is.

    Raises:
        ConfigError: D102.
    """
    from diurna.read.story import published_day

    try:
        published_day(published)
    except InputError as error:
        raise ConfigError("D102", f"--published: {error.message}") from error

"""Checks of arguments that several commands share."""

from __future__ import annotations

from datetime import date

from diurna.errors import ConfigError, InputError

__all__ = ["check_published", "day_of"]


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


def day_of(text: str | None, option: str) -> date | None:
    """Read the day that an option names, or give None where it is not given.

    Raises:
        ConfigError: D102 if it is no day.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ConfigError("D102", f"{option}: “{text}” is no ISO 8601 day, like 2023-02-22") from error

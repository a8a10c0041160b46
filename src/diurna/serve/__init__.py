"""Serve the record over HTTP: events, stories, dyads and measures as an API, and the page that shows them (docs/guide/serve.md)."""

from __future__ import annotations

from diurna.serve.app import Settings, make_app

__all__ = ["Settings", "make_app"]

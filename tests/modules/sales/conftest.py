"""A real mail server for letters with quotes."""

from tests.post_office import settings, sink

__all__ = ["settings", "sink"]

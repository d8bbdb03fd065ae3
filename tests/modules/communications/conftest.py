"""A real mail server for the letters of these tests."""

from tests.post_office import settings, sink

__all__ = ["settings", "sink"]

from reports_world import world

__all__ = ["world"]

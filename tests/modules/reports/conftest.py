from tests.modules.reports.reports_world import world

__all__ = ["world"]

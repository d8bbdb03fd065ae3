"""Logs: a line of JSON each, to standard output and, where an endpoint is told, over OTLP."""

import logging
import sys
from typing import Any

import structlog
from opentelemetry import trace
from structlog.typing import EventDict, Processor, WrappedLogger

from gausdo.settings import Settings

_RENDER = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)


def configure(settings: Settings, service: str) -> None:
    """Once per process: our own lines, those of libraries, and what nobody has caught."""
    steps = _steps(service)
    if settings.otlp_endpoint:
        from gausdo.platform.telemetry.otlp import LogsExported  # noqa: PLC0415 - slow

        steps.append(LogsExported(settings.otlp_endpoint, service))
    structlog.configure(
        processors=[*steps, _RENDER],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[settings.log_level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_formatter(steps))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught


def of_server(service: str) -> dict[str, Any]:
    """The web server's own lines in the same form (a `logging.config` dictionary)."""
    handler = {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": of_libraries, "service": service}},
        "handlers": {"console": handler},
        "loggers": {"_granian": {"handlers": ["console"], "propagate": False}},
    }


def _steps(service: str) -> list[Processor]:
    def traced(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        context = trace.get_current_span().get_span_context()
        if context.is_valid:
            event["trace_id"] = f"{context.trace_id:032x}"
            event["span_id"] = f"{context.span_id:016x}"
        event["service"] = service
        return event

    return [
        structlog.contextvars.merge_contextvars,
        traced,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]


def of_libraries(service: str) -> logging.Formatter:
    """What libraries log, as we do."""
    return _formatter(_steps(service))


def _formatter(steps: list[Processor]) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *steps],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _RENDER],
    )


def _uncaught(kind: type[BaseException], error: BaseException, where: Any) -> None:
    """What ends the process is a line like any other."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, where)
        return
    structlog.get_logger().critical("the process ends", exc_info=(kind, error, where))

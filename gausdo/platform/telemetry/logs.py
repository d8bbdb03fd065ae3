"""Logs: a line of JSON each, to standard output and, where an endpoint is told, over OTLP."""

import logging
import sys
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from structlog.typing import EventDict, Processor, WrappedLogger

from gausdo.settings import Settings

_SEVERITY = {
    "debug": SeverityNumber.DEBUG,
    "info": SeverityNumber.INFO,
    "warning": SeverityNumber.WARN,
    "error": SeverityNumber.ERROR,
    "critical": SeverityNumber.FATAL,
}
_RENDER = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)


def configure(settings: Settings, service: str) -> None:
    """Once per process: our own lines, those of libraries, and what nobody has caught."""
    steps = _steps(service)
    if settings.otlp_endpoint:
        steps.append(_Exported(settings.otlp_endpoint, service))
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


class _Exported:
    """The last step before a line is written: it also goes to `endpoint`/v1/logs."""

    def __init__(self, endpoint: str, service: str) -> None:
        provider = LoggerProvider(Resource.create({"service.name": f"gausdo-{service}"}))
        exporter = OTLPLogExporter(endpoint=f"{endpoint.rstrip('/')}/v1/logs")
        provider.add_log_record_processor(
            BatchLogRecordProcessor(exporter, schedule_delay_millis=1000)
        )
        self._logger = provider.get_logger("gausdo")

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        level = str(event.get("level", "info"))
        if not str(event.get("logger", "")).startswith("opentelemetry"):  # it would feed itself
            self._logger.emit(
                LogRecord(
                    severity_text=level,
                    severity_number=_SEVERITY.get(level, SeverityNumber.INFO),
                    body=str(event.get("event", "")),
                    attributes={
                        key: value if isinstance(value, str | bool | int | float) else str(value)
                        for key, value in event.items()
                        if key not in {"event", "level", "timestamp", "trace_id", "span_id"}
                        and not key.startswith("_")
                    },
                )
            )
        return event

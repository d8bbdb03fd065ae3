"""Logs and spans on their way to an OTLP endpoint over HTTP.

Imported only where an endpoint is told: OpenTelemetry's SDK takes long to load.
"""

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased
from structlog.typing import EventDict, WrappedLogger

DELAY = 1000
"""Milliseconds after which what has gathered is sent."""
_SEVERITY = {
    "debug": SeverityNumber.DEBUG,
    "info": SeverityNumber.INFO,
    "warning": SeverityNumber.WARN,
    "error": SeverityNumber.ERROR,
    "critical": SeverityNumber.FATAL,
}


def spans_exported(endpoint: str, service: str, share: float) -> TracerProvider:
    """Sends `share` (0 to 1) of all traces to `endpoint`/v1/traces."""
    provider = TracerProvider(sampler=TraceIdRatioBased(share), resource=_resource(service))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=DELAY))
    return provider


def _resource(service: str) -> Resource:
    return Resource.create({"service.name": f"gausdo-{service}"})


class LogsExported:
    """The last step before a line is written: it also goes to `endpoint`/v1/logs."""

    def __init__(self, endpoint: str, service: str) -> None:
        provider = LoggerProvider(_resource(service))
        exporter = OTLPLogExporter(endpoint=f"{endpoint.rstrip('/')}/v1/logs")
        provider.add_log_record_processor(
            BatchLogRecordProcessor(exporter, schedule_delay_millis=DELAY)
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

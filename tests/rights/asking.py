"""What the OpenAPI document says that a route has to be told."""

from typing import Any


def required_fields(document: dict[str, Any], operation: dict[str, Any]) -> set[str]:
    """The fields that the body of a request must have."""
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    return set(document["components"]["schemas"].get(name, {}).get("required", ()))

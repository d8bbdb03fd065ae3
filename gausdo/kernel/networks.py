"""Networks in CIDR notation (RFC 4632, RFC 4291): from where somebody may come."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError


def _network(told: str) -> str:
    try:
        network = ip_network(told, strict=False)
    except ValueError:
        raise PydanticCustomError(
            "network", "Write a network as 203.0.113.0/24 or 2001:db8::/32, or one address."
        ) from None
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped is not None:
        raise PydanticCustomError("network", "Write an address of IPv4 in its own form.")
    return str(network)


Network = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=50), AfterValidator(_network)
]
"""As 203.0.113.0/24; one address is a network of itself."""
Networks = Annotated[list[Network], Field(max_length=200)]
"""None of them: from anywhere."""


def admitted(address: str, networks: Iterable[str]) -> bool:
    """Whether an address is in one of the networks, or there are none."""
    told = list(networks)
    if not told:
        return True
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return any(ip in _parsed(network) for network in told)


@lru_cache(10_000)
def _parsed(network: str) -> IPv4Network | IPv6Network:
    return ip_network(network)

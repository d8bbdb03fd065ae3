"""Every door to the outside is closed to strangers, unless it says that it is open."""

from uuid import UUID

import pytest

from gausdo.app import MODULES
from gausdo.gateway import (
    audit_routes,
    federation_routes,
    operator_routes,
    parked_routes,
    session_routes,
)
from gausdo.platform.http.routes import Authority, Declared
from tests.conftest import As

pytestmark = pytest.mark.asyncio(loop_scope="session")


def declared() -> list[Declared]:
    nobody = None
    routes = [session_routes.routes(nobody, nobody), parked_routes.routes(nobody)]
    routes.append(federation_routes.routes(nobody, nobody, nobody))
    routes += [audit_routes.routes(nobody, nobody, nobody)]
    routes += [operator_routes.routes(nobody, nobody)]
    routes += [one.routes(nobody) for one in MODULES]
    return [route for one in routes for route in one.declared]


async def test_no_route_lets_a_stranger_in(api: As) -> None:
    stranger = api(None)
    closed = [route for route in declared() if route.authority is Authority.SESSION]
    assert len(closed) > 40
    for route in closed:
        path = route.path.format_map(AnyId())
        reply = await stranger.request(route.method, path, json={})
        assert (reply.status_code, reply.json()["code"]) == (401, "signed-out"), route


async def test_only_signing_in_and_out_is_open() -> None:
    opened = {
        (route.method, route.path)
        for route in declared()
        if route.authority is not Authority.SESSION
    }
    by_provider = {
        ("GET", "/federation"),
        ("GET", "/federation/{id}/start"),
        ("GET", "/federation/{id}/callback"),
        ("GET", "/federation/{id}/metadata"),
        ("POST", "/federation/{id}/acs"),
        ("POST", "/federation/{id}/logout"),
    }
    assert opened == {("POST", "/session"), ("DELETE", "/session")} | by_provider


async def test_no_two_routes_have_one_name_or_place() -> None:
    names = [route.endpoint.__name__ for route in declared()]
    places = [(route.method, route.path) for route in declared()]
    assert len(names) == len(set(names))
    assert len(places) == len(set(places))


class AnyId(dict[str, str]):
    """A value for every parameter of a path."""

    def __missing__(self, name: str) -> str:
        return "companies" if name == "kind" else str(UUID(int=7))

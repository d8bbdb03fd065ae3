"""Every door to the outside is closed to strangers, unless it says that it is open."""

from uuid import UUID

import pytest

from gausdo.app import MODULES
from gausdo.gateway import (
    audit_routes,
    configuration_routes,
    federation_routes,
    feed_routes,
    operator_routes,
    parked_routes,
)
from gausdo.gateway.door import Door
from gausdo.gateway.ways_in import ways_in
from gausdo.platform.http.routes import Authority, Declared
from gausdo.setup import document
from tests.conftest import As

pytestmark = pytest.mark.asyncio(loop_scope="session")


def declared() -> list[Declared]:
    nobody = None
    door = Door(nobody, nobody, nobody)
    routes = [*ways_in(door, nobody), parked_routes.routes(nobody)]
    routes.append(federation_routes.routes(nobody, door, nobody))
    routes.append(feed_routes.routes(nobody, nobody, nobody))
    routes += [audit_routes.routes(nobody, nobody, nobody)]
    routes += [operator_routes.routes(nobody, nobody, nobody)]
    routes += [configuration_routes.routes(nobody, nobody)]
    routes += [one.routes(nobody) for one in MODULES]
    return [route for one in routes for route in one.declared]


async def test_no_route_lets_a_stranger_in(api: As) -> None:
    stranger = api(None)
    closed = [
        route for route in declared() if route.authority in {Authority.SESSION, Authority.ENTERING}
    ]
    assert len(closed) > 40
    for route in closed:
        path = route.path.format_map(AnyId())
        reply = await stranger.request(route.method, path, json={})
        assert (reply.status_code, reply.json()["code"]) == (401, "signed-out"), route


async def test_only_signing_in_and_out_is_open() -> None:
    assert places(Authority.PUBLIC) == {
        ("GET", "/session"),
        ("POST", "/session"),
        ("DELETE", "/session"),
        ("POST", "/session/passkey/question"),
        ("POST", "/session/passkey"),
        ("POST", "/session/reset"),
        ("POST", "/session/link"),
        ("POST", "/session/password"),
        ("GET", "/federation"),
        ("GET", "/federation/{id}/start"),
        ("GET", "/federation/{id}/callback"),
        ("GET", "/federation/{id}/metadata"),
    }
    assert places(Authority.SIGNATURE) == {
        ("POST", "/federation/{id}/acs"),
        ("POST", "/federation/{id}/logout"),
        ("GET", "/federation/{id}/slo"),
        ("POST", "/federation/{id}/slo"),
        ("GET", "/calendar/{token}.ics"),
        ("GET", "/offers/{token}"),
        ("GET", "/offers/{token}/file"),
        ("POST", "/offers/{token}/opened"),
        ("POST", "/offers/{token}/accept"),
        ("POST", "/offers/{token}/decline"),
    }


async def test_without_a_second_factor_one_may_but_prove_or_add_one() -> None:
    assert places(Authority.ENTERING) == {
        ("POST", "/session/proof"),
        ("POST", "/session/proof/question"),
        ("POST", "/me/factors/passkeys/start"),
        ("POST", "/me/factors/passkeys"),
        ("POST", "/me/factors/totp"),
        ("POST", "/me/factors/totp/{id}"),
    }


DANGEROUS = (
    *("identity.user", "identity.team", "identity.role"),
    *("authentication.policy", "authentication.factor"),
    *("federation.provider", "integrations.key", "administration.network", "communications.mail"),
)
"""Who may change these may let anybody in, or give them anything."""
TAKES_OUT = (
    *("customers.person.export", "customers.person.erase", "customers.company.export"),
    *("sales.deal.export", "administration.audit.export"),
)


async def test_what_is_dangerous_asks_for_a_new_proof() -> None:
    """Also what is added tomorrow."""
    asking = {(route.method, route.path) for route in declared() if route.step_up}
    changing = [
        route
        for route in declared()
        if route.right and route.right.startswith(DANGEROUS) and route.method != "GET"
    ]
    leaving = [route for route in declared() if route.right in TAKES_OUT]
    assert len(changing) > 20
    assert {(route.method, route.path) for route in (*changing, *leaving)} - asking == {
        ("GET", "/people/{id}/erasure")
    }  # how far it is
    assert asking >= {
        ("DELETE", "/me/factors/{id}"),
        ("POST", "/me/recovery-codes"),
        ("DELETE", "/me/sessions"),
        ("DELETE", "/me/sessions/{id}"),
        ("POST", "/configuration/import"),
        ("POST", "/webhooks/trial"),
    }


def places(authority: Authority) -> set[tuple[str, str]]:
    return {(route.method, route.path) for route in declared() if route.authority is authority}


async def test_no_two_routes_have_one_name_or_place() -> None:
    names = [route.endpoint.__name__ for route in declared()]
    places = [(route.method, route.path) for route in declared()]
    assert len(names) == len(set(names))
    assert len(places) == len(set(places))


class AnyId(dict[str, str]):
    """A value for every parameter of a path."""

    def __missing__(self, name: str) -> str:
        return "companies" if name == "kind" else str(UUID(int=7))


async def test_the_first_word_of_every_route_is_a_word() -> None:
    """The gateway asks only the routes of a path's first word: a parameter there is never met."""
    paths = [path.removeprefix("/api/v1/") for path in document()["paths"]]
    assert len(paths) > 100
    assert [path for path in paths if path.startswith("{")] == []

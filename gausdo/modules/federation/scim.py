"""SCIM 2.0 (RFC 7643, RFC 7644): a provider keeps accounts and groups here up to date.

`scim2-server` speaks the protocol; this is its storage. A provider sees what it has provisioned and
nothing else. What it says of a person is kept as it said it; what that means here – who is let in,
with which roles – is settled through identity's contract, in the name of whoever set the provider
up. Loaded with the first request: its models are heavy.
"""

import json
import re
from contextlib import suppress
from functools import cache
from typing import Any, NoReturn
from urllib.parse import parse_qsl
from uuid import UUID

from scim2_models import (
    ForbiddenException,
    InvalidValueException,
    Meta,
    MutabilityException,
    NotFoundException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    SCIMException,
    ScimProvider,
    SearchRequest,
    ServiceProviderConfig,
    UniquenessException,
)
from scim2_server.handler import AsyncScimHandler
from scim2_server.memory import InMemoryStorage
from scim2_server.requests import ScimRequest
from scim2_server.service import ScimService
from scim2_server.storage import AsyncScimStorage, SearchPage
from scim2_server.utils import load_default_resource_types, load_default_schemas
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from gausdo.kernel.errors import Problem
from gausdo.modules.federation.contract import ForeignAccount, NoRole, ScimAnswer, ScimCall
from gausdo.modules.federation.provisioning import Guest, Provisioning
from gausdo.modules.federation.tables import ProviderRow, ScimRow
from gausdo.modules.identity.contract import LastAdministrator
from gausdo.platform.db import Tx

MOST = 200
"""Resources of one page."""
USER, GROUP = "User", "Group"
_NAMED = re.compile(r'(userName|displayName|externalId) eq "([^"\\]{1,200})"', re.IGNORECASE)


@cache
def service() -> ScimService:
    """What speaks the protocol, made once."""
    config = ServiceProviderConfig.model_validate(
        {
            "patch": {"supported": True},
            "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
            "filter": {"supported": True, "maxResults": MOST},
            "changePassword": {"supported": False},
            "sort": {"supported": True},
            "etag": {"supported": True},
        }
    )
    provider = ScimProvider.from_discovery(
        load_default_schemas().values(), load_default_resource_types().values(), config=config
    )
    return ScimService(provider)


async def answered(
    call: ScimCall, base_url: str, row: ProviderRow, provisioning: Provisioning
) -> ScimAnswer:
    """The answer to one request of this provider."""
    speaker = service()
    request = ScimRequest(
        method=call.method,
        base_url=base_url,
        path=call.path,
        query=dict(parse_qsl(call.query, keep_blank_values=True)),
        headers=call.headers,
        body=call.body.encode(),
    )
    try:
        handler = AsyncScimHandler(speaker, Storage(row, provisioning))
        told = await handler.handle(request)
    except SCIMException as refusal:
        told = speaker.error_response(refusal)
    except RecursionError:
        told = speaker.error_response(InvalidValueException(detail="nested too deeply"))
    body = "" if told.body is None else json.dumps(told.body)
    return ScimAnswer(status=int(told.status), headers=dict(told.headers), body=body)


class Storage(AsyncScimStorage):
    """The resources of one provider."""

    def __init__(self, provider: ProviderRow, provisioning: Provisioning) -> None:
        self._provider = provider
        self._provisioning = provisioning
        self._db = provisioning.db

    async def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,  # noqa: ARG002 - it is small
    ) -> Resource[Any]:
        async with self._db.begin() as tx:
            return _told(await self._row(tx, resource_type, resource_id))

    async def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,
    ) -> SearchPage:
        names = [str(one.name) for one in resource_types]
        query = self._rows().where(ScimRow.kind.in_(names))
        if named := _NAMED.fullmatch(str(search_request.filter or "")):
            query = query.where(_same(named[1].lower(), named[2]))
        async with self._db.begin() as tx:
            rows = await tx.session.scalars(query.order_by(ScimRow.id))
            found = InMemoryStorage()
            found.resources = [_told(row) for row in rows]
        return found.search(resource_types, search_request, position=position)

    async def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        kind, data = str(resource_type.name), _kept(resource)
        row = ScimRow.make(self._provider.id, kind, _name(data), data)
        await self._demand_new(row)
        if kind == USER:
            row.user_id = await self._person(row)
            await self._let(row.user_id, active=row.active, groups=frozenset())
        else:
            await self._demand_members(row)
        try:
            async with self._db.begin() as tx:
                tx.add(row)
        except IntegrityError as error:
            raise UniquenessException from error
        if kind == GROUP:
            await self._settle(row.members)
        return _told(row)

    async def update(
        self,
        resource_type: ResourceType,
        resource: Resource[Any],
        *,
        expected_version: str | None = None,
    ) -> Resource[Any]:
        data = _kept(resource)
        told = ScimRow.make(self._provider.id, str(resource_type.name), _name(data), data)
        if told.kind == GROUP:
            await self._demand_members(told)
        else:
            user_id = await self._user(resource_type, str(resource.id), expected_version)
            groups = await self._provisioning.scim_groups(self._provider.id, user_id)
            await self._let(user_id, active=told.active, groups=groups)
        try:
            async with self._db.begin() as tx:
                row = await self._row(tx, resource_type, str(resource.id), lock=True)
                _demand_version(row, expected_version)
                before = row.members
                row.change(_name(data), data)
        except IntegrityError as error:
            raise UniquenessException from error
        if row.kind == GROUP:
            await self._settle(before | row.members)
        return _told(row)

    async def delete(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        expected_version: str | None = None,
    ) -> None:
        if resource_type.name == USER:
            user_id = await self._user(resource_type, resource_id, expected_version)
            await self._let(user_id, active=False, groups=frozenset())
        async with self._db.begin() as tx:
            row = await self._row(tx, resource_type, resource_id, lock=True)
            _demand_version(row, expected_version)
            await tx.session.delete(row)
        if row.kind == GROUP:
            await self._settle(row.members)

    def _rows(self) -> Select[Any]:
        return select(ScimRow).where(ScimRow.provider_id == self._provider.id)

    async def _row(
        self, tx: Tx, resource_type: ResourceType, id: str, *, lock: bool = False
    ) -> ScimRow:
        """Raises NotFoundException, also for another provider's."""
        try:
            query = self._rows().where(ScimRow.id == UUID(id), ScimRow.kind == resource_type.name)
        except ValueError:
            raise NotFoundException from None
        row = (await tx.session.scalars(query.with_for_update() if lock else query)).one_or_none()
        if row is None:
            raise NotFoundException
        return row  # type: ignore[no-any-return]

    async def _user(self, resource_type: ResourceType, id: str, version: str | None) -> UUID:
        """Whose account a resource is about: what follows for it comes before what is written.

        Raises NotFoundException, PreconditionFailedException.
        """
        async with self._db.begin() as tx:
            row = await self._row(tx, resource_type, id)
        _demand_version(row, version)
        assert row.user_id is not None
        return row.user_id

    async def _demand_new(self, row: ScimRow) -> None:
        """Raises UniquenessException."""
        same = self._rows().where(ScimRow.kind == row.kind, ScimRow.name == row.name)
        async with self._db.begin() as tx:
            if (await tx.session.scalars(same)).first() is not None:
                raise UniquenessException

    async def _person(self, row: ScimRow) -> UUID:
        """Whose account it is here: the one of the address, or a new one."""
        email = _email(row.data)
        name = row.data.get("displayName") or (row.data.get("name") or {}).get("formatted")
        guest = Guest(subject=str(row.id), email=email, name=str(name or ""), groups=frozenset())
        try:
            return await self._provisioning.provisioned(self._provider, guest)
        except Problem as refusal:
            _refuse(refusal)

    async def _demand_members(self, group: ScimRow) -> None:
        """Raise InvalidValueException for a member this provider has not provisioned."""
        asked = group.members
        async with self._db.begin() as tx:
            known = set(
                await tx.session.scalars(
                    select(ScimRow.id).where(
                        ScimRow.provider_id == self._provider.id,
                        ScimRow.kind == USER,
                        ScimRow.id.in_(asked),
                    )
                )
            )
        if asked - known:
            raise InvalidValueException(detail="a member that is not there")

    async def _settle(self, members: set[UUID]) -> None:
        """What a change of a group means for its people: who is let in, and with which roles."""
        for id in members:
            async with self._db.begin() as tx:
                person = await tx.session.get(ScimRow, id)
            if person is None or person.user_id is None:
                continue
            groups = await self._provisioning.scim_groups(self._provider.id, person.user_id)
            await self._let(person.user_id, active=person.active, groups=groups)

    async def _let(self, user_id: UUID, *, active: bool, groups: frozenset[str]) -> None:
        try:
            if active and self._provider.mapping:
                try:
                    await self._provisioning.stand(self._provider, user_id, groups)
                except NoRole:  # whoever has none is not let in; the last administrator has one
                    with suppress(LastAdministrator):
                        await self._provisioning.activate(self._provider, user_id, active=False)
                    return
            await self._provisioning.activate(self._provider, user_id, active=active)
        except Problem as refusal:
            _refuse(refusal)


def _same(field: str, value: str) -> Any:
    if field == "externalid":
        return ScimRow.data["externalId"].astext == value
    return ScimRow.name == value.lower()


def _kept(resource: Resource[Any]) -> dict[str, Any]:
    """What a provider said, without what is ours to say and without passwords.

    Its `roles` and `entitlements` are kept as words: nothing here follows from them.
    """
    told = resource.model_dump(mode="json", by_alias=True, exclude_none=True)
    for name in ("id", "meta", "password", "groups"):
        told.pop(name, None)
    return dict(told)


def _name(data: dict[str, Any]) -> str:
    return str(data.get("userName") or data.get("displayName") or "").lower()


def _email(data: dict[str, Any]) -> str | None:
    emails = sorted(data.get("emails") or (), key=lambda one: not one.get("primary"))
    told = [one.get("value") for one in emails] + [data.get("userName")]
    return next((str(one) for one in told if one and "@" in str(one)), None)


def _told(row: ScimRow) -> Resource[Any]:
    speaker = service()
    (kind,) = (one for one in speaker.provider.resource_types if one.name == row.kind)
    resource = speaker.get_model(kind).model_validate({**row.data, "id": str(row.id)})
    resource.meta = Meta(
        resource_type=row.kind,
        created=row.created_at,
        last_modified=row.changed_at,
        version=_version(row),
    )
    return resource


def _version(row: ScimRow) -> str:
    return f'W/"{row.version}"'


def _demand_version(row: ScimRow, expected: str | None) -> None:
    if expected is not None and expected != _version(row):
        raise PreconditionFailedException


def _refuse(refusal: Problem) -> NoReturn:
    if isinstance(refusal, ForeignAccount):
        raise UniquenessException(detail=refusal.detail) from refusal
    if isinstance(refusal, LastAdministrator):
        raise MutabilityException(detail=refusal.detail) from refusal
    if refusal.status == 403:  # noqa: PLR2004 - HTTP's own number
        raise ForbiddenException(detail=refusal.detail) from refusal
    raise InvalidValueException(detail=refusal.detail) from refusal

"""From whom a provider vouches for to somebody here: found, or joined, with the roles of groups.

What is given is given in the name of whoever set the provider up, with their live rights: a mapping
gives nothing that they could not give by hand.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert

from gausdo.kernel.actor import SYSTEM, Actor
from gausdo.kernel.errors import Forbidden, Invalid, NotFound, Stale
from gausdo.kernel.values import now
from gausdo.modules.federation.contract import (
    AccountClosed,
    AuthorGone,
    ForeignAccount,
    ForeignEmail,
    NoAccount,
    NoRole,
)
from gausdo.modules.federation.tables import AccountRow, LinkRow, ProviderRow, ScimRow
from gausdo.modules.identity.contract import (
    BeyondOwn,
    EmailTaken,
    Identity,
    LastAdministrator,
    User,
    UserChange,
    UserDraft,
)
from gausdo.platform.db import Database
from gausdo.platform.sessions import Sessions


@dataclass(frozen=True)
class Guest:
    """Whom a provider vouches for; `email` only when it vouches for that, too."""

    subject: str
    email: str | None
    name: str
    groups: frozenset[str]


@dataclass(frozen=True)
class Standing:
    """Roles, at least one, and a team."""

    role_ids: tuple[UUID, ...]
    team_id: UUID | None


@dataclass(frozen=True)
class Provisioning:
    db: Database
    identity: Identity
    live: Sessions

    async def person(self, provider: ProviderRow, guest: Guest) -> UUID:
        """Who it is here.

        Raises NoAccount, ForeignEmail, NoRole, AccountClosed, AuthorGone.
        """
        user_id = await self._linked(provider.id, guest.subject)
        if user_id is None:
            known = await self._known(provider, guest)
            user_id = known.id if known else (await self._joined(provider, guest))[0]
            user_id = await self._link(provider.id, guest.subject, user_id)
        try:
            await self.identity.actor(user_id)
        except NotFound as gone:
            raise AccountClosed("This account is closed. Ask an administrator.") from gone
        if provider.mapping:
            told = await self.scim_groups(provider.id, user_id)
            await self.stand(provider, user_id, guest.groups | told)
        return user_id

    async def stand(self, provider: ProviderRow, user_id: UUID, groups: Iterable[str]) -> None:
        """Give somebody the roles and the team of these groups, and no others.

        The last administrator stays one. Raises NoRole, AuthorGone.
        """
        wanted = _standing(provider, groups)
        author = await self._author(provider)
        for _ in range(2):  # somebody may change the person at the same time
            (user,) = await self.identity.find_users(SYSTEM, [user_id])
            team_id = wanted.team_id or user.team_id
            had = {role.id for role in user.roles}
            if (had, user.team_id) == (set(wanted.role_ids), team_id):
                return
            change = UserChange(version=user.version, roles=list(wanted.role_ids), team_id=team_id)
            try:
                await self.identity.change_user(author, user_id, change)
            except Stale:
                continue
            except LastAdministrator:
                return
            except (Forbidden, BeyondOwn, Invalid) as refusal:
                raise _author_gone() from refusal
            return

    async def provisioned(self, provider: ProviderRow, guest: Guest) -> UUID:
        """Whose account a provider keeps up to date: a new one, or that of the address.

        One that is there already has to be one of whom has signed in by this provider. Raises
        ForeignEmail, ForeignAccount, NoRole, AuthorGone.
        """
        known = await self._known(provider, guest)
        user_id, new = (
            (known.id, False) if known else await self._joined(provider, guest, told_to=True)
        )
        await self._keep(provider.id, user_id, new=new)
        return user_id

    async def _keep(self, provider_id: UUID, user_id: UUID, *, new: bool) -> None:
        """The account is this provider's from now on. Raises ForeignAccount."""
        signed_in = exists().where(LinkRow.provider_id == provider_id, LinkRow.user_id == user_id)
        async with self.db.begin() as tx:
            if new or await tx.session.scalar(select(signed_in)):
                await tx.session.execute(
                    insert(AccountRow)
                    .values(user_id=user_id, provider_id=provider_id)
                    .on_conflict_do_nothing()
                )
            kept = await tx.session.get(AccountRow, user_id)
        if kept is None or kept.provider_id != provider_id:
            raise ForeignAccount(
                "This address has an account here already, which this provider does not keep. Its "
                "person signs in by this provider once; then it does."
            )

    async def scim_groups(self, provider_id: UUID, user_id: UUID) -> frozenset[str]:
        """The groups that a provider has put somebody in by SCIM."""
        async with self.db.begin() as tx:
            ids = {
                str(id)
                for id in await tx.session.scalars(
                    select(ScimRow.id).where(
                        ScimRow.provider_id == provider_id, ScimRow.user_id == user_id
                    )
                )
            }
            if not ids:
                return frozenset()
            groups = await tx.session.scalars(
                select(ScimRow).where(ScimRow.provider_id == provider_id, ScimRow.kind == "Group")
            )
            return frozenset(
                group.data["displayName"]
                for group in groups
                if ids & {str(id) for id in group.members}
            )

    async def activate(self, provider: ProviderRow, user_id: UUID, *, active: bool) -> None:
        """Let somebody in, or not any more: then their sessions end.

        Raises AuthorGone, LastAdministrator.
        """
        for _ in range(2):
            (user,) = await self.identity.find_users(SYSTEM, [user_id])
            if user.active == active:
                return
            author = await self._author(provider)
            change = UserChange(version=user.version, active=active)
            try:
                await self.identity.change_user(author, user_id, change)
            except Stale:
                continue
            except (Forbidden, BeyondOwn, Invalid) as refusal:
                raise _author_gone() from refusal
            if not active:
                await self.live.end(user_id)
            return

    async def _linked(self, provider_id: UUID, subject: str) -> UUID | None:
        async with self.db.begin() as tx:
            row = await tx.session.get(LinkRow, (provider_id, subject))
            return row.user_id if row else None

    async def _link(self, provider_id: UUID, subject: str, user_id: UUID) -> UUID:
        """Of two at once the first holds."""
        async with self.db.begin() as tx:
            row = LinkRow.make(provider_id, subject, user_id)
            made = await tx.session.execute(
                insert(LinkRow)
                .values(provider_id=provider_id, subject=subject, user_id=user_id, created_at=now())
                .on_conflict_do_nothing()
                .returning(LinkRow.user_id)
            )
            if made.scalar() is not None:
                tx.publish(row.linked())
                return user_id
            return (await tx.session.get_one(LinkRow, (provider_id, subject))).user_id

    async def _known(self, provider: ProviderRow, guest: Guest) -> User | None:
        """Raises ForeignEmail unless the address is one of the company's own."""
        email = guest.email
        if email is None or not email.isascii() or _domain(email) not in provider.domains:
            raise ForeignEmail(
                "Your provider vouches for no e-mail address that is admitted here. "
                "Ask an administrator."
            )
        users = await self.identity.users(SYSTEM)
        return next((user for user in users if user.email.lower() == email.lower()), None)

    async def _joined(
        self, provider: ProviderRow, guest: Guest, *, told_to: bool = False
    ) -> tuple[UUID, bool]:
        """Whose account is made, and whether nobody else was quicker."""
        assert guest.email is not None
        if not (provider.creates_people or told_to):
            raise NoAccount("There is no account for you here yet. Ask an administrator for one.")
        author = await self._author(provider)
        standing = _standing(provider, guest.groups)
        draft: dict[str, Any] = {
            "email": guest.email,
            "roles": list(standing.role_ids),
            "team_id": standing.team_id,
        }
        try:
            joining = UserDraft(name=guest.name, **draft)
        except ValidationError:
            joining = UserDraft(name=guest.email, **draft)
        try:
            return (await self.identity.join(author, joining)).id, True
        except (Forbidden, BeyondOwn, Invalid) as refusal:
            raise _author_gone() from refusal
        except EmailTaken:
            known = await self._known(provider, guest)
            if known is None:
                raise
            return known.id, False

    async def _author(self, provider: ProviderRow) -> Actor:
        try:
            author = await self.identity.actor(provider.author_id)
        except NotFound as gone:
            raise _author_gone() from gone
        return author.model_copy(update={"via": "federation"})


def _standing(provider: ProviderRow, groups: Iterable[str]) -> Standing:
    """What the mapping gives these groups, else what the provider gives everybody."""
    here = set(groups)
    fitting = [one for one in provider.mapping if one["group"] in here]
    roles = [UUID(one["role_id"]) for one in fitting if one["role_id"]]
    teams = [UUID(one["team_id"]) for one in fitting if one["team_id"]]
    if not roles and provider.role_id is not None:
        roles = [provider.role_id]
    if not roles:
        raise _no_role()
    return Standing(tuple(dict.fromkeys(roles)), teams[0] if teams else provider.team_id)


def _domain(email: str) -> str:
    return email.rpartition("@")[2].lower()


def _no_role() -> NoRole:
    return NoRole("None of your groups has a role here. Ask an administrator.")


def _author_gone() -> AuthorGone:
    return AuthorGone(
        "Whoever set this provider up may no longer let people in. Ask an administrator to look at "
        "the provider and save it."
    )

"""A look at a provider: what an administrator would otherwise find out by people locked out."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gausdo.kernel.errors import NotFound
from gausdo.kernel.values import now
from gausdo.modules.federation.contract import Finding, FindingLevel
from gausdo.modules.federation.doubt import Doubt, Silent
from gausdo.modules.federation.oidc import OK, Client, Oidc, Published
from gausdo.modules.federation.pending import Pending
from gausdo.modules.federation.tables import ProviderRow
from gausdo.modules.identity.contract import Identity
from gausdo.platform.outbound import Blocked, Outbound, Unreachable

GOOD, WARNING, WRONG = FindingLevel.GOOD, FindingLevel.WARNING, FindingLevel.WRONG
SOON = timedelta(days=30)
SLOW, LATE = 60, 300
"""Seconds a provider's clock may differ from ours before that is told, and is wrong."""


@dataclass(frozen=True)
class Looking:
    outbound: Outbound
    oidc: Oidc
    pending: Pending
    identity: Identity

    async def at(self, row: ProviderRow, client: Client) -> list[Finding]:
        """What is right and what is wrong, in the order in which one would mend it."""
        return [
            *await (self._at_oidc(row, client) if row.idp is None else self._at_saml(row)),
            *await self._at_author(row),
            *await self._at_last_trouble(row),
        ]

    async def metadata(self, url: str) -> dict[str, Any]:
        """What SAML's metadata at an address says. Raises Doubt."""
        from gausdo.modules.federation import saml, saml_metadata

        try:
            answer = await self.outbound.get(url, {"accept": "*/*"}, saml.LARGEST + 1)
        except (Blocked, Unreachable) as error:
            raise Silent("unreachable", str(error)) from error
        if answer.status != OK:
            raise Silent("unreachable", f"answered {answer.status}")
        return saml_metadata.read_metadata(answer.body)

    async def _at_saml(self, row: ProviderRow) -> list[Finding]:
        from gausdo.modules.federation import saml

        assert row.idp is not None
        found = []
        if row.metadata_url is not None:
            try:
                same = await self.metadata(row.metadata_url) == row.described
                told = _finding("metadata-read", GOOD) if same else _finding("changed", WARNING)
                found.append(told)
            except Doubt as doubt:
                found.append(_told(doubt))
        ends = [saml.certificate(one).not_valid_after_utc for one in row.idp["certificates"]]
        until = max(ends)
        left = until - now()
        code = "certificate-good" if left > SOON else "certificate-soon"
        if left.total_seconds() < 0:
            found.append(_finding("certificate-over", WRONG, until=until.date().isoformat()))
        else:
            level = GOOD if left > SOON else WARNING
            found.append(_finding(code, level, until=until.date().isoformat()))
        return found

    async def _at_oidc(self, row: ProviderRow, client: Client) -> list[Finding]:
        try:
            published = await self.oidc.published(row.issuer, anew=True)
        except Doubt as doubt:
            return [_told(doubt)]
        found = [_finding("discovery", GOOD, issuer=published.issuer)]
        if "S256" not in published.methods:
            found.append(_finding("no-pkce", WARNING))
        found += _clock(published)
        try:
            keys = await self.oidc.keys(published, anew=True)
            found.append(_finding("keys", GOOD, count=len(keys.keys)))
            known = client.secret is None or await self.oidc.knows_us(published, client)
            found.append(_finding("client", GOOD) if known else _finding("client-refused", WRONG))
        except Doubt as doubt:
            found.append(_told(doubt))
        return found

    async def _at_author(self, row: ProviderRow) -> list[Finding]:
        try:
            await self.identity.actor(row.author_id)
        except NotFound:
            return [_finding("author-gone", WRONG)]
        return []

    async def _at_last_trouble(self, row: ProviderRow) -> list[Finding]:
        trouble = await self.pending.trouble(row.id)
        if trouble is None:
            return []
        return [
            _finding("last-sign-in", WARNING, at=trouble.at, why=trouble.why, told=trouble.told)
        ]


def _clock(published: Published) -> list[Finding]:
    skew = published.skew
    if skew is None:
        return []
    seconds = round(skew)
    if abs(skew) <= SLOW:
        return [_finding("clock", GOOD)]
    return [_finding("clock-differs", WARNING if abs(skew) <= LATE else WRONG, seconds=seconds)]


def _told(doubt: Doubt) -> Finding:
    return _finding(doubt.why, WRONG, told=doubt.told)


def _finding(code: str, level: FindingLevel, **data: Any) -> Finding:
    return Finding(code=code, level=level, data=data)

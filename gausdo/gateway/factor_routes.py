"""One's own second factors over HTTP.

A session that has to add its first factor may do so; whoever has one proves it anew before it
changes. What is told here is secret and told once, so nothing of it is kept for an Idempotency-Key.
"""

from dataclasses import replace
from uuid import UUID

from fastapi import Request, Response

from gausdo.gateway.door import Door, Entering, bound_to
from gausdo.gateway.identify import Caller
from gausdo.modules.authentication.contract import (
    Enrolled,
    FactorName,
    Factors,
    PasskeyDraft,
    PasskeyStart,
    RecoveryCodes,
    TotpDraft,
    TotpStart,
    Way,
)
from gausdo.platform.http import OWN, Authority, CurrentActor, Routes, demand_proof, factor_needed
from gausdo.platform.sessions import Level, Need


def _demand_may_add(request: Request, caller: Caller) -> None:
    """Raise FactorNeeded, StepUpNeeded: a password alone adds a factor only where there is none."""
    if caller.session is not None and caller.half:
        if caller.session.need is not Need.ENROLMENT:
            raise factor_needed(caller.session.need)
    else:
        demand_proof(request.scope)


def routes(door: Door) -> Routes:
    api = Routes("factors")
    authentication = door.authentication

    @api.get("/me/factors", right=OWN)
    async def factors(actor: CurrentActor) -> Factors:
        return await authentication.factors(actor)

    @api.post("/me/factors/totp", authority=Authority.ENTERING)
    async def begin_totp(caller: Entering, request: Request) -> TotpStart:
        """A secret for an authenticator. It counts once a code of it is told."""
        _demand_may_add(request, caller)
        return await authentication.begin_totp(caller.actor)

    @api.post("/me/factors/totp/{id}", authority=Authority.ENTERING)
    async def confirm_totp(
        id: UUID, draft: TotpDraft, caller: Entering, request: Request, response: Response
    ) -> Enrolled:
        """With the first factor come recovery codes, told this once."""
        _demand_may_add(request, caller)
        told = await authentication.confirm_totp(caller.actor, id, draft, first=caller.half)
        await _enrolled(door, request, response, caller, Way.TOTP)
        return told

    @api.post("/me/factors/passkeys/start", authority=Authority.ENTERING)
    async def begin_passkey(caller: Entering, request: Request) -> PasskeyStart:
        """What a browser needs to make a passkey, once and in this session."""
        _demand_may_add(request, caller)
        return await authentication.begin_passkey(caller.actor, bound_to(caller))

    @api.post("/me/factors/passkeys", authority=Authority.ENTERING)
    async def add_passkey(
        draft: PasskeyDraft, caller: Entering, request: Request, response: Response
    ) -> Enrolled:
        """With the first factor come recovery codes, told this once."""
        _demand_may_add(request, caller)
        told = await authentication.add_passkey(
            caller.actor, draft, bound_to(caller), first=caller.half
        )
        await _enrolled(door, request, response, caller, Way.PASSKEY)
        return told

    @api.patch("/me/factors/{id}", right=OWN)
    async def rename_factor(id: UUID, draft: FactorName, actor: CurrentActor) -> Factors:
        return await authentication.rename_factor(actor, id, draft)

    @api.delete("/me/factors/{id}", right=OWN, step_up=True)
    async def remove_factor(id: UUID, actor: CurrentActor) -> Factors:
        return await authentication.remove_factor(actor, id)

    @api.post("/me/recovery-codes", right=OWN, step_up=True)
    async def renew_recovery_codes(actor: CurrentActor) -> RecoveryCodes:
        """Ten new ones, told this once; those before are worth nothing."""
        return await authentication.renew_recovery_codes(actor)

    @api.delete("/users/{id}/factors", status=204, right="authentication.factor.edit", step_up=True)
    async def remove_factors(id: UUID, actor: CurrentActor) -> None:
        """For somebody who has lost them all: they are signed out, and add new ones."""
        await authentication.remove_factors(actor, id)

    return api


async def _enrolled(
    door: Door, request: Request, response: Response, caller: Caller, way: Way
) -> None:
    """Whoever adds a factor has just proved it."""
    assert caller.session is not None
    session = replace(caller.session, level=Level.FACTOR)
    await door.renew(request, response, caller, session, way)
    if caller.half:
        await door.welcome(request, response, caller, way)

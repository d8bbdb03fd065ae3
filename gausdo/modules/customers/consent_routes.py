"""Purposes and consents over HTTP."""

from uuid import UUID

from gausdo.modules.customers.consents_contract import (
    Consent,
    ConsentHistory,
    ConsentPurpose,
    ConsentPurposeChange,
    ConsentPurposeDraft,
    ConsentWithdrawal,
    ConsentWording,
    PersonConsents,
)
from gausdo.modules.customers.contract import Customers
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes
from gausdo.platform.http.files import proof_files


def consent_routes(api: Routes, customers: Customers) -> None:
    _purposes(api, customers)
    _people(api, customers)
    proof_files(api, customers, "customers.person.read")


def _purposes(api: Routes, customers: Customers) -> None:
    @api.get("/consent-purposes", right="customers.person.read")
    async def consent_purposes(actor: CurrentActor) -> list[ConsentPurpose]:
        """What people are asked to agree to, the archived ones last."""
        return await customers.consent_purposes(actor)

    @api.post("/consent-purposes", status=201, right="customers.purpose.edit")
    async def add_consent_purpose(
        draft: ConsentPurposeDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> ConsentPurpose:
        return await customers.add_consent_purpose(actor, draft, key)

    @api.patch("/consent-purposes/{id}", right="customers.purpose.edit")
    async def change_consent_purpose(
        id: UUID, change: ConsentPurposeChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> ConsentPurpose:
        """Every text stays kept: a consent points to the one that was agreed to."""
        return await customers.change_consent_purpose(actor, id, change, key)

    @api.get("/consent-purposes/{id}/wordings", right="customers.person.read")
    async def consent_wordings(id: UUID, actor: CurrentActor) -> list[ConsentWording]:
        """Every text of a purpose, the latest first."""
        return await customers.consent_wordings(actor, id)


def _people(api: Routes, customers: Customers) -> None:
    @api.get("/people/{id}/consents", right="customers.person.read")
    async def person_consents(id: UUID, actor: CurrentActor) -> PersonConsents:
        """Where somebody stands now, by purpose and channel."""
        return await customers.person_consents(actor, id)

    @api.get("/people/{id}/consents/history", right="customers.person.read")
    async def person_consent_history(
        id: UUID, actor: CurrentActor, after: UUID | None = None
    ) -> ConsentHistory:
        """What they have said and by what that is proved; `after` is the `next` before."""
        return await customers.person_consent_history(actor, id, after)

    @api.post("/people/{id}/consents/give", right="customers.person.edit")
    async def give_person_consent(
        id: UUID, draft: Consent, actor: CurrentActor, key: IdempotencyKey = None
    ) -> PersonConsents:
        """Record that they agree."""
        return await customers.give_person_consent(actor, id, draft, key)

    @api.post("/people/{id}/consents/withdraw", right="customers.person.edit")
    async def withdraw_person_consent(
        id: UUID, draft: ConsentWithdrawal, actor: CurrentActor, key: IdempotencyKey = None
    ) -> PersonConsents:
        """Record that they agree no more, or have refused."""
        return await customers.withdraw_person_consent(actor, id, draft, key)

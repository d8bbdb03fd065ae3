"""Customers over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from gausdo.kernel.deleted import DeletedQuery, DeletedRecord
from gausdo.kernel.grouping import Group, Groups, GroupsQuery
from gausdo.kernel.history import HistoryEntry, HistoryQuery, Restoration
from gausdo.kernel.mass import MassEdit, MassPreview
from gausdo.kernel.pages import Listed, ListQuery
from gausdo.kernel.persons import Erasure, Held
from gausdo.kernel.shares import Share, ShareDraft
from gausdo.kernel.values import Json
from gausdo.kernel.why import Why
from gausdo.modules.customers.added_routes import added_routes
from gausdo.modules.customers.consent_routes import consent_routes
from gausdo.modules.customers.contract import (
    Company,
    CompanyChange,
    CompanyDraft,
    Customers,
    Document,
    Labels,
    PeopleQuery,
    Person,
    PersonChange,
    PersonDraft,
)
from gausdo.modules.customers.deleted_routes import deleted_routes
from gausdo.modules.customers.duplicates_contract import (
    CompanyLooks,
    Merge,
    MergeDraft,
    MergePreview,
    Pair,
    PersonLooks,
    Suspect,
)
from gausdo.modules.customers.groups_contract import PeopleGroupsQuery
from gausdo.modules.customers.many import CompaniesEdit, PeopleEdit
from gausdo.modules.customers.retyping_routes import retyping_routes
from gausdo.modules.customers.segment_routes import segment_routes
from gausdo.platform.http import CurrentActor, IdempotencyKey, Routes
from gausdo.platform.http.files import field_files


def routes(customers: Customers) -> Routes:
    api = Routes("customers")
    _suspects(api, customers)  # before the paths with an id
    _pairs(api, customers)
    added_routes(api, customers)
    retyping_routes(api, customers)
    field_files(api, customers, "company", "customers.company.read")
    field_files(api, customers, "person", "customers.person.read")
    _merges(api, customers)
    _deleted(api, customers)
    deleted_routes(api, customers)
    segment_routes(api, customers)
    consent_routes(api, customers)
    _companies(api, customers)
    _people(api, customers)
    _own_data(api, customers)
    _who(api, customers)
    _many_companies(api, customers)
    _many_people(api, customers)
    return api


def _companies(api: Routes, customers: Customers) -> None:
    @api.hot("/companies", answer=Listed[Company], right="customers.company.read")
    async def list_companies(actor: CurrentActor, query: Annotated[ListQuery, Query()]) -> Json:
        return await customers.list_companies(actor, query)

    @api.get("/companies/groups", right="customers.company.read")
    async def company_groups(
        actor: CurrentActor, query: Annotated[GroupsQuery, Query()]
    ) -> Groups[Group]:
        """Of the list that is asked for the rest, the values that any of its companies have."""
        return await customers.company_groups(actor, query)

    @api.post("/companies", status=201, right="customers.company.create")
    async def add_company(
        draft: CompanyDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Company:
        return await customers.add_company(actor, draft, key)

    @api.get("/companies/labels", right="customers.company.read")
    async def company_labels(actor: CurrentActor) -> Labels:
        """Tags and sources in use, to be offered."""
        return await customers.company_labels(actor)

    @api.get("/companies/{id}", right="customers.company.read")
    async def company(id: UUID, actor: CurrentActor) -> Company:
        return await customers.company(actor, id)

    @api.patch("/companies/{id}", right="customers.company.edit")
    async def change_company(
        id: UUID, change: CompanyChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Company:
        return await customers.change_company(actor, id, change, key)

    @api.post("/companies/{id}/history/restore", right="customers.company.edit")
    async def restore_company(
        id: UUID, restoration: Restoration, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Company:
        """An ordinary change, to the value a field had before an entry of the history."""
        return await customers.restore_company(actor, id, restoration, key)

    @api.hot("/companies/{id}/history", answer=list[HistoryEntry], right="customers.company.read")
    async def company_history(
        id: UUID, actor: CurrentActor, query: Annotated[HistoryQuery, Query()]
    ) -> Json:
        return await customers.company_history(actor, id, query.after, query.limit)


def _people(api: Routes, customers: Customers) -> None:
    @api.hot("/people", answer=Listed[Person], right="customers.person.read")
    async def list_people(actor: CurrentActor, query: Annotated[PeopleQuery, Query()]) -> Json:
        return await customers.list_people(actor, query)

    @api.get("/people/groups", right="customers.person.read")
    async def person_groups(
        actor: CurrentActor, query: Annotated[PeopleGroupsQuery, Query()]
    ) -> Groups[Group]:
        """Of the list that is asked for the rest, the values that any of its people have."""
        return await customers.person_groups(actor, query)

    @api.post("/people", status=201, right="customers.person.create")
    async def add_person(
        draft: PersonDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Person:
        return await customers.add_person(actor, draft, key)

    @api.get("/people/labels", right="customers.person.read")
    async def person_labels(actor: CurrentActor) -> Labels:
        """Tags and sources in use, to be offered."""
        return await customers.person_labels(actor)

    @api.get("/people/{id}", right="customers.person.read")
    async def person(id: UUID, actor: CurrentActor) -> Person:
        return await customers.person(actor, id)

    @api.get("/people/{id}/document", right="customers.person.read")
    async def person_document(id: UUID, actor: CurrentActor) -> Document:
        """The number of the identity document, for who may see this field."""
        return await customers.person_document(actor, id)

    @api.patch("/people/{id}", right="customers.person.edit")
    async def change_person(
        id: UUID, change: PersonChange, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Person:
        return await customers.change_person(actor, id, change, key)

    @api.post("/people/{id}/history/restore", right="customers.person.edit")
    async def restore_person(
        id: UUID, restoration: Restoration, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Person:
        """An ordinary change, to the value a field had before an entry of the history."""
        return await customers.restore_person(actor, id, restoration, key)

    @api.hot("/people/{id}/history", answer=list[HistoryEntry], right="customers.person.read")
    async def person_history(
        id: UUID, actor: CurrentActor, query: Annotated[HistoryQuery, Query()]
    ) -> Json:
        return await customers.person_history(actor, id, query.after, query.limit)


def _many_companies(api: Routes, customers: Customers) -> None:
    @api.post("/companies/mass-edits/preview", right="customers.company.edit")
    async def preview_companies_edit(edit: CompaniesEdit, actor: CurrentActor) -> MassPreview:
        return await customers.preview_companies_edit(actor, edit)

    @api.post("/companies/mass-edits", status=201, right="customers.company.edit")
    async def edit_companies(
        edit: CompaniesEdit, actor: CurrentActor, key: IdempotencyKey = None
    ) -> MassEdit:
        """Begins in the background: it is asked how far it is, stopped, and undone, by its id."""
        return await customers.edit_companies(actor, edit, key)

    @api.get("/companies/mass-edits/{id}", right="customers.company.edit")
    async def companies_edit(id: UUID, actor: CurrentActor) -> MassEdit:
        return await customers.companies_edit(actor, id)

    @api.post("/companies/mass-edits/{id}/stop", right="customers.company.edit")
    async def stop_companies_edit(
        id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> MassEdit:
        return await customers.stop_companies_edit(actor, id, key)

    @api.post("/companies/mass-edits/{id}/undo", status=201, right="customers.company.edit")
    async def undo_companies_edit(
        id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> MassEdit:
        """Another mass edit, which gives every field back that nobody has changed since."""
        return await customers.undo_companies_edit(actor, id, key)


def _many_people(api: Routes, customers: Customers) -> None:
    @api.post("/people/mass-edits/preview", right="customers.person.edit")
    async def preview_people_edit(edit: PeopleEdit, actor: CurrentActor) -> MassPreview:
        return await customers.preview_people_edit(actor, edit)

    @api.post("/people/mass-edits", status=201, right="customers.person.edit")
    async def edit_people(
        edit: PeopleEdit, actor: CurrentActor, key: IdempotencyKey = None
    ) -> MassEdit:
        """As `edit_companies`."""
        return await customers.edit_people(actor, edit, key)

    @api.get("/people/mass-edits/{id}", right="customers.person.edit")
    async def people_edit(id: UUID, actor: CurrentActor) -> MassEdit:
        return await customers.people_edit(actor, id)

    @api.post("/people/mass-edits/{id}/stop", right="customers.person.edit")
    async def stop_people_edit(
        id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> MassEdit:
        return await customers.stop_people_edit(actor, id, key)

    @api.post("/people/mass-edits/{id}/undo", status=201, right="customers.person.edit")
    async def undo_people_edit(
        id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> MassEdit:
        """As `undo_companies_edit`."""
        return await customers.undo_people_edit(actor, id, key)


def _who(api: Routes, customers: Customers) -> None:
    @api.get("/companies/{id}/why", right="customers.company.read")
    async def why_company(id: UUID, user_id: UUID, actor: CurrentActor) -> Why:
        return await customers.why_company(actor, id, user_id)

    @api.get("/people/{id}/why", right="customers.person.read")
    async def why_person(id: UUID, user_id: UUID, actor: CurrentActor) -> Why:
        return await customers.why_person(actor, id, user_id)

    @api.get("/companies/{id}/shares", right="customers.company.read")
    async def company_shares(id: UUID, actor: CurrentActor) -> list[Share]:
        return await customers.company_shares(actor, id)

    @api.post("/companies/{id}/shares", right="customers.company.share")
    async def share_company(
        id: UUID, draft: ShareDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> list[Share]:
        return await customers.share_company(actor, id, draft, key)

    @api.delete("/companies/{id}/shares/{with_id}", right="customers.company.share")
    async def unshare_company(
        id: UUID, with_id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> list[Share]:
        return await customers.unshare_company(actor, id, with_id, key)

    @api.get("/people/{id}/shares", right="customers.person.read")
    async def person_shares(id: UUID, actor: CurrentActor) -> list[Share]:
        return await customers.person_shares(actor, id)

    @api.post("/people/{id}/shares", right="customers.person.share")
    async def share_person(
        id: UUID, draft: ShareDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> list[Share]:
        return await customers.share_person(actor, id, draft, key)

    @api.delete("/people/{id}/shares/{with_id}", right="customers.person.share")
    async def unshare_person(
        id: UUID, with_id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> list[Share]:
        return await customers.unshare_person(actor, id, with_id, key)


def _own_data(api: Routes, customers: Customers) -> None:
    @api.get("/people/{id}/export", right="customers.person.export", step_up=True)
    async def export_person(id: UUID, actor: CurrentActor) -> list[Held]:
        """What all modules hold about a person, for who asks for their own data."""
        return await customers.export_person(actor, id)

    @api.post("/people/{id}/erasure", right="customers.person.erase", status=202, step_up=True)
    async def erase_person(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> Erasure:
        """Forget a person on their request: begun here, done by a job; it cannot be undone."""
        return await customers.erase_person(actor, id, key)

    @api.get("/people/{id}/erasure", right="customers.person.erase")
    async def erasure(id: UUID, actor: CurrentActor) -> Erasure:
        """How far it is, and what was done where."""
        return await customers.erasure(actor, id)


def _suspects(api: Routes, customers: Customers) -> None:
    @api.post("/companies/suspects", right="customers.company.read")
    async def suspect_companies(looks: CompanyLooks, actor: CurrentActor) -> list[Suspect]:
        """Whom it may be already, of what is typed so far; it changes nothing."""
        return await customers.suspect_companies(actor, looks)

    @api.post("/people/suspects", right="customers.person.read")
    async def suspect_people(looks: PersonLooks, actor: CurrentActor) -> list[Suspect]:
        """Whom it may be already, of what is typed so far; it changes nothing."""
        return await customers.suspect_people(actor, looks)

    @api.get("/companies/{id}/suspects", right="customers.company.read")
    async def company_suspects(id: UUID, actor: CurrentActor) -> list[Suspect]:
        return await customers.company_suspects(actor, id)

    @api.get("/people/{id}/suspects", right="customers.person.read")
    async def person_suspects(id: UUID, actor: CurrentActor) -> list[Suspect]:
        return await customers.person_suspects(actor, id)


def _pairs(api: Routes, customers: Customers) -> None:
    @api.hot("/companies/pairs", answer=Listed[Pair], right="customers.company.read")
    async def list_company_pairs(actor: CurrentActor, query: Annotated[ListQuery, Query()]) -> Json:
        """Two that may be one, the most likely first."""
        return await customers.list_company_pairs(actor, query)

    @api.hot("/people/pairs", answer=Listed[Pair], right="customers.person.read")
    async def list_person_pairs(actor: CurrentActor, query: Annotated[ListQuery, Query()]) -> Json:
        """Two that may be one, the most likely first."""
        return await customers.list_person_pairs(actor, query)

    @api.post("/companies/pairs/{id}/apart", right="customers.company.merge")
    async def tell_companies_apart(
        id: UUID, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Pair:
        """They are two; nobody is asked about them again."""
        return await customers.tell_companies_apart(actor, id, key)

    @api.post("/people/pairs/{id}/apart", right="customers.person.merge")
    async def tell_people_apart(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> Pair:
        """They are two; nobody is asked about them again."""
        return await customers.tell_people_apart(actor, id, key)


def _merges(api: Routes, customers: Customers) -> None:
    @api.get("/companies/{id}/merge-preview", right="customers.company.merge")
    async def preview_company_merge(id: UUID, other_id: UUID, actor: CurrentActor) -> MergePreview:
        """What the two would make together, and what is to be chosen."""
        return await customers.preview_company_merge(actor, id, other_id)

    @api.post("/companies/{id}/merge", right="customers.company.merge")
    async def merge_companies(
        id: UUID, draft: MergeDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Merge:
        """Another becomes a part of this one; it can be undone."""
        return await customers.merge_companies(actor, id, draft, key)

    @api.get("/companies/{id}/merges", right="customers.company.read")
    async def company_merges(id: UUID, actor: CurrentActor) -> list[Merge]:
        """What became a part of it, the latest first, and what parting would leave as it is."""
        return await customers.company_merges(actor, id)

    @api.post("/companies/merges/{id}/part", right="customers.company.merge")
    async def part_companies(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> Merge:
        """Undo a merge: both are as before, but for what was changed since."""
        return await customers.part_companies(actor, id, key)

    @api.get("/people/{id}/merge-preview", right="customers.person.merge")
    async def preview_person_merge(id: UUID, other_id: UUID, actor: CurrentActor) -> MergePreview:
        """What the two would make together, and what is to be chosen."""
        return await customers.preview_person_merge(actor, id, other_id)

    @api.post("/people/{id}/merge", right="customers.person.merge")
    async def merge_people(
        id: UUID, draft: MergeDraft, actor: CurrentActor, key: IdempotencyKey = None
    ) -> Merge:
        """Another becomes a part of this one; it can be undone."""
        return await customers.merge_people(actor, id, draft, key)

    @api.get("/people/{id}/merges", right="customers.person.read")
    async def person_merges(id: UUID, actor: CurrentActor) -> list[Merge]:
        """What became a part of it, the latest first, and what parting would leave as it is."""
        return await customers.person_merges(actor, id)

    @api.post("/people/merges/{id}/part", right="customers.person.merge")
    async def part_people(id: UUID, actor: CurrentActor, key: IdempotencyKey = None) -> Merge:
        """Undo a merge: both are as before, but for what was changed since."""
        return await customers.part_people(actor, id, key)


def _deleted(api: Routes, customers: Customers) -> None:
    @api.hot("/companies/deleted", answer=Listed[DeletedRecord], right="customers.company.read")
    async def deleted_companies(
        actor: CurrentActor, query: Annotated[DeletedQuery, Query()]
    ) -> Json:
        """Those the reader could see, the latest first."""
        return await customers.deleted_companies(actor, query)

    @api.hot("/people/deleted", answer=Listed[DeletedRecord], right="customers.person.read")
    async def deleted_people(actor: CurrentActor, query: Annotated[DeletedQuery, Query()]) -> Json:
        """Those the reader could see, the latest first."""
        return await customers.deleted_people(actor, query)

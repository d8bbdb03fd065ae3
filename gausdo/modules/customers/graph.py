"""Customers in GraphQL."""

from gausdo.kernel.deleted import DeletedRecord
from gausdo.kernel.history import HistoryEntry
from gausdo.modules.customers.contract import Company, Customers, Person
from gausdo.modules.customers.duplicates_contract import Pair
from gausdo.modules.identity.contract import User
from gausdo.platform.graph import Graph, Link, Listing, Pages, id_in

graph = Graph(
    finds={Company: Customers.find_companies, Person: Customers.find_people},
    reads=(
        Customers.company,
        Customers.person,
        Customers.person_document,
        Customers.company_labels,
        Customers.person_labels,
        Customers.company_history,
        Customers.person_history,
        Customers.company_shares,
        Customers.person_shares,
        *(Customers.company_fields, Customers.person_fields),
        Customers.company_suspects,
        Customers.person_suspects,
        Customers.preview_company_merge,
        Customers.preview_person_merge,
        Customers.company_merges,
        Customers.person_merges,
        Customers.companies_edit,
        Customers.people_edit,
    ),
    answers={
        Customers.company_history: list[HistoryEntry],
        Customers.person_history: list[HistoryEntry],
    },
    lists=(
        Listing("companies", Company, Customers.list_companies),
        Listing("people", Person, Customers.list_people),
        Listing("company_pairs", Pair, Customers.list_company_pairs),
        Listing("person_pairs", Pair, Customers.list_person_pairs),
        Listing("deleted_companies", DeletedRecord, Customers.deleted_companies),
        Listing("deleted_people", DeletedRecord, Customers.deleted_people),
    ),
    links=(
        Link(Company, "owner", User, id_in("owner_id")),
        Link(Company, "parent", Company, id_in("parent", "id")),
        Link(Person, "owner", User, id_in("owner_id")),
        Link(Person, "company", Company, id_in("company", "id")),
    ),
    pages=(
        Pages(Company, "people", Person, Customers.people_of, answered=frozenset({"company_id"})),
    ),
    changes=(
        *(Customers.add_company_field, Customers.change_company_field),
        *(Customers.try_company_formula, Customers.try_person_formula),
        *(Customers.add_person_field, Customers.change_person_field),
        Customers.add_company,
        Customers.change_company,
        Customers.add_person,
        Customers.change_person,
        Customers.erase_person,
        *(Customers.delete_company, Customers.bring_company_back),
        *(Customers.delete_person, Customers.bring_person_back),
        Customers.share_company,
        Customers.unshare_company,
        Customers.share_person,
        Customers.unshare_person,
        Customers.restore_company,
        Customers.restore_person,
        Customers.suspect_companies,
        Customers.suspect_people,
        Customers.tell_companies_apart,
        Customers.tell_people_apart,
        Customers.merge_companies,
        Customers.merge_people,
        Customers.part_companies,
        Customers.part_people,
        *(Customers.preview_companies_edit, Customers.edit_companies),
        *(Customers.stop_companies_edit, Customers.undo_companies_edit),
        *(Customers.preview_people_edit, Customers.edit_people),
        *(Customers.stop_people_edit, Customers.undo_people_edit),
    ),
)

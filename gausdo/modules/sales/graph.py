"""Sales in GraphQL."""

from gausdo.kernel.deleted import DeletedRecord
from gausdo.kernel.history import HistoryEntry
from gausdo.modules.customers.contract import Company, Person
from gausdo.modules.identity.contract import User
from gausdo.modules.sales.contacts_contract import DealContact
from gausdo.modules.sales.contract import Deal, Sales
from gausdo.modules.sales.products_contract import Product
from gausdo.platform.graph import Graph, Link, Listing, Pages, id_in

graph = Graph(
    finds={Deal: Sales.find_deals, Product: Sales.find_products},
    reads=(
        *(Sales.pipelines, Sales.deal_fields, Sales.deal, Sales.deal_history, Sales.deal_shares),
        Sales.deal_sealed,
        *(Sales.deals_edit, Sales.deal_in_base, Sales.rates, Sales.rates_feed),
        *(Sales.deal_contacts, Sales.competitors, Sales.deal_competitors),
        *(Sales.deal_quotes, Sales.quote, Sales.quote_letter),
        *(Sales.product, Sales.product_prices, Sales.price_lists, Sales.seller, Sales.deal_lines),
    ),
    answers={Sales.deal_history: list[HistoryEntry]},
    lists=(
        Listing("deals", Deal, Sales.list_deals),
        Listing("products", Product, Sales.list_products),
        Listing("deleted_deals", DeletedRecord, Sales.deleted_deals),
    ),
    links=(
        Link(Deal, "company", Company, id_in("company", "id")),
        Link(Deal, "contact", Person, id_in("contact", "id")),
        Link(DealContact, "person", Person, id_in("person", "id")),
        Link(Deal, "owner", User, id_in("owner", "id")),
    ),
    pages=(
        Pages(Company, "deals", Deal, Sales.deals_of, ("company",), frozenset({"company_id"})),
        Pages(Person, "deals", Deal, Sales.deals_of, ("contact",), frozenset({"contact_id"})),
    ),
    changes=(
        Sales.add_pipeline,
        Sales.change_pipeline,
        Sales.order_pipelines,
        Sales.remove_pipeline,
        Sales.add_deal_field,
        *(Sales.change_deal_field, Sales.try_deal_formula),
        *(Sales.see_deal_field_become, Sales.become_deal_field),
        Sales.stop_deal_field_becoming,
        Sales.open_deal,
        Sales.change_deal,
        Sales.move_deal,
        Sales.share_deal,
        Sales.unshare_deal,
        Sales.restore_deal,
        *(Sales.delete_deal, Sales.bring_deal_back),
        *(Sales.preview_deals_edit, Sales.edit_deals),
        *(Sales.stop_deals_edit, Sales.undo_deals_edit),
        Sales.set_rate,
        Sales.remove_rate,
        Sales.import_rates,
        Sales.change_rates_feed,
        Sales.fetch_rates,
        *(Sales.add_product, Sales.change_product, Sales.set_product_prices),
        *(Sales.add_price_list, Sales.change_price_list),
        *(Sales.change_seller, Sales.set_deal_lines, Sales.set_goal, Sales.set_deal_contacts),
        *(Sales.set_deal_competitors, Sales.change_competitor),
        *(Sales.make_quote, Sales.send_quote, Sales.share_quote),
    ),
)

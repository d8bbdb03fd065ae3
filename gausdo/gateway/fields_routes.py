"""What filters may ask: of each kind of records, with the fields that were added to them."""

from collections.abc import Sequence

from gausdo.kernel.lists import AddsFields, Askable, KnowsLists
from gausdo.platform.http import OWN, CurrentActor, Routes


def routes(lists: KnowsLists, adding: Sequence[AddsFields]) -> Routes:
    api = Routes("identity")

    @api.get("/fields", right=OWN)
    async def list_fields(actor: CurrentActor) -> list[Askable]:
        """What filters may ask of the records of each kind one may read."""
        added = [one for each in adding for one in await each.added_fields(actor)]
        return [
            known.model_copy(
                update={
                    "fields": known.fields
                    + tuple(
                        field for one in added if one.object == known.object for field in one.fields
                    )
                }
            )
            for known in await lists.list_fields(actor)
        ]

    return api

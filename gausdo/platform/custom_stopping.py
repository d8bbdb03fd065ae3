"""A field that gets another type keeps the one it has: the change that was begun is stopped."""

from uuid import UUID

from sqlalchemy import select, update

from gausdo.kernel.actor import Actor
from gausdo.kernel.becoming import NotBecoming
from gausdo.kernel.custom import CustomField
from gausdo.platform.custom import CustomFields

STOPPING = "stopping"
"""The stage in which the values that were made by then are taken away again."""


async def stop_becoming(
    fields: CustomFields, actor: Actor, kind: str, id: UUID, key: str | None
) -> CustomField:
    """The field as it is meanwhile: written as ever. Raises Forbidden, NotFound, NotBecoming."""
    actor.demand(fields.edit)
    async with fields.db.begin(actor, key, ("stop", kind, id)) as tx:
        if not tx.told:
            field, table = await fields.one(tx, kind, id), tx.schema.custom_field
            told = await tx.session.scalar(select(table.c.becoming).where(table.c.id == id))
            if told is None or told["stage"] == "carrying":
                raise NotBecoming("The field gets no other type, or has it by now.")
            if told["stage"] != STOPPING:
                so = {"stage": STOPPING, "stopping": True, "closing": False, "after": None}
                values = {"becoming": told | so, "version": field.version + 1}
                await tx.session.execute(update(table).where(table.c.id == id).values(**values))
                event = fields.told(field_id=id, of=kind, version=field.version + 1)
                tx.publish(event, changes={"becoming": (told["type"], None)})
                await tx.enqueue(f"{tx.schema.name}.become", once=True, kind=kind)
            tx.tell(await fields.one(tx, kind, id))
        answer = tx.answer(CustomField)
    fields.forget_read()
    return answer

"""The contract answers the same in this process and from another one."""

import httpx2
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from gausdo.app import rebuild
from gausdo.kernel.errors import Forbidden, NotFound, Stale
from gausdo.kernel.pages import Listed
from gausdo.modules.activities.contract import (
    About,
    Activities,
    Note,
    NoteDraft,
    NoteQuery,
    Task,
    TaskChange,
    TaskDraft,
    TaskQuery,
    TaskState,
)
from gausdo.modules.customers.contract import CompanyDraft, Customers
from gausdo.platform import rpc

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session", params=["near", "far"])
async def activities(request, gausdo):
    near = gausdo.get(Activities)
    if request.param == "near":
        yield near
        return
    app = Starlette(routes=rpc.expose(Activities, near, gausdo.tokens, rebuild(gausdo)))
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://activities") as http:
        yield rpc.connect(Activities, http, gausdo.tokens)


async def test_a_task_and_a_note_live(activities, gausdo, people, request):
    where = request.node.callspec.params["activities"]
    company = await gausdo.get(Customers).add_company(people.ann, CompanyDraft(name="Ромашка"))
    about = About(kind="company", id=company.id)
    draft = TaskDraft(title=f"Дело {where}", about=about, due_in_working_hours=2)
    task = await activities.add_task(people.ann, draft, key=f"add-task-{where}")
    assert await activities.add_task(people.ann, draft, key=f"add-task-{where}") == task
    seen_only = {"editable": False}
    assert await activities.task(people.bob, task.id) == task.model_copy(update=seen_only)
    with pytest.raises(NotFound):
        await activities.task(people.eve, task.id)
    with pytest.raises(NotFound):
        await activities.add_task(people.eve, draft)
    done = TaskChange(version=1, state=TaskState.DONE)
    with pytest.raises(Forbidden):
        await activities.change_task(people.bob, task.id, done)
    changed = await activities.change_task(people.ann, task.id, done)
    assert changed.done_at is not None
    with pytest.raises(Stale) as refused:
        await activities.change_task(people.ann, task.id, done)
    assert refused.value.data["changes"] == {"state": ["open", "done"]}
    listed = await activities.list_tasks(people.bob, TaskQuery(q=where))
    items = Listed[Task].model_validate_json(listed).items
    assert items == [changed.model_copy(update=seen_only)]
    note = await activities.add_note(people.bob, NoteDraft(about=about, text="Звонили"))
    notes = await activities.list_notes(
        people.ann, NoteQuery(about_kind="company", about_id=company.id)
    )
    assert Listed[Note].model_validate_json(notes).items == [note]
    with pytest.raises(NotFound):
        await activities.list_notes(
            people.eve, NoteQuery(about_kind="company", about_id=company.id)
        )

import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { expect, test } from 'vitest'
import { render } from 'vitest-browser-react'
import { DealCard } from '@/features/sales/deal-card'
import type { Deal, Stage } from '@/shared/api/generated/model'
import { pageSize, rowsOf, type Listed, type Pages } from '@/shared/lib/list'
import { useLongList } from '@/shared/lib/long-list'
import { Board } from '@/ui/board/board'
import { DataGrid, type GridColumn } from '@/ui/data-grid/data-grid'
import '@/features/sales/sales.css'
import { Stage as Around } from './stage'

/** What is drawn and gone over is counted: on a busy machine, too, it is the same. */
const STAGES = 5
const CARDS = 2000
const ROWS = 100_000

const stages = Array.from({ length: STAGES }, (_, at) => ({
  id: `s${at}`,
  name: `Stage ${at}`,
  kind: 'open',
  tone: 'blue',
})) as unknown as Stage[]

const deal = (stage: string, n: number): Deal => ({
  id: `${stage}.${n}`,
  title: `Deal ${stage}.${n}`,
  pipeline_id: 'p',
  stage_id: stage,
  kind: 'open',
  probability: 10,
  worth: { amount: '125000.00', currency: 'RUB' },
  company: { id: 'c', name: 'Company' },
  contact: null,
  owner: { id: 'o', name: 'Olga Owner' },
  team_id: null,
  expected_on: null,
  lost_reason: null,
  about: null,
  custom: {},
  next_task_at: '2026-01-01T00:00:00Z',
  next_task: true,
  editable: true,
  hidden: [],
  stage_since: '2026-01-01T00:00:00Z',
  stage_due_at: null,
  created_at: '2026-01-01T00:00:00Z',
  changed_at: '2026-01-01T00:00:00Z',
  closed_at: null,
  version: 1,
})

const queries = new QueryClient()

/** How many rows of the list are in memory. */
const heldRows = () => rowsOf(queries.getQueryData<Pages<Row>>(['rows'])).length

/** What a page has around it: its address, and what was read. */
function show(content: () => ReactNode) {
  const root = createRootRoute()
  const routeTree = root.addChildren([
    createRoute({ getParentRoute: () => root, path: '/', component: content }),
    createRoute({ getParentRoute: () => root, path: '/deals/$id' }),
  ])
  const router = createRouter({ routeTree, history: createMemoryHistory() })
  return render(
    <Around>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </Around>,
  )
}

const frame = () => new Promise<number>(requestAnimationFrame)

/** Scrolls `element` down by `step` pixels a frame. */
async function scroll(element: Element, step: number, frames: number): Promise<void> {
  for (let n = 0; n < frames; n++) {
    element.scrollTop += step
    await frame()
  }
  await frame()
}

let idsRead = 0

/** A deal of which is counted how often it is asked who it is. */
const watched = (one: Deal): Deal => {
  const { id } = one
  return Object.defineProperty(one, 'id', {
    get: () => {
      idsRead += 1
      return id
    },
  })
}

const nothing = () => undefined

test('scrolling a board of 2,000 cards draws what comes into view, once, and goes over nothing else', async () => {
  const each = CARDS / STAGES
  const items = new Map(
    stages.map(({ id }) => [id, Array.from({ length: each }, (_, n) => watched(deal(id, n)))]),
  )
  let drawn = 0
  const columns = stages.map(({ id, name }) => ({ id, label: name, more: false }))
  const renderItem = (one: Deal) => {
    drawn += 1
    return <DealCard deal={one} stages={stages} selection={undefined} onMove={nothing} />
  }
  const movable = () => true
  const itemLabel = (one: Deal) => one.title
  const renderHeader = (id: string) => <h2>{id}</h2>
  const onMove = () => true
  const screen = await show(() => (
    <div style={{ height: 800, width: 1400 }}>
      <Board<Deal>
        label="Board"
        columns={columns}
        items={items}
        movable={movable}
        itemLabel={itemLabel}
        renderItem={renderItem}
        renderHeader={renderHeader}
        onMove={onMove}
        onMore={nothing}
        onOpen={nothing}
      />
    </div>
  ))
  await expect.element(screen.getByText('Deal s0.0', { exact: true })).toBeVisible()
  const [list] = document.querySelectorAll('.bd-scroll')
  if (!list) throw new Error('the board is not drawn')
  const inView = document.querySelectorAll('[data-card]').length
  expect(inView).toBeLessThan(120)
  drawn = 0
  idsRead = 0
  await scroll(list, 112, 40)
  // React's development build draws what is new twice
  expect(drawn).toBeGreaterThan(30)
  expect(drawn).toBeLessThan(100)
  expect(idsRead).toBeLessThan(3000)
  expect(document.querySelectorAll('[data-card]').length).toBeLessThan(inView + 10)
})

type Row = { id: string; name: string }

let cells = 0
let keys = 0

const gridColumns: GridColumn<Row>[] = ['a', 'b', 'c'].map((id) => ({
  id,
  header: id,
  width: '1fr',
  narrow: '1fr',
  cell: (row) => {
    cells += 1
    return id === 'a' ? row.name : row.id
  },
}))

let read = 0
const page = (after: string | undefined): Promise<Listed<Row>> => {
  read += 1
  const start = Number(after ?? 0)
  const length = Math.min(pageSize(after), ROWS - start)
  const items = Array.from({ length }, (_, n) => ({ id: `${start + n}`, name: `Row ${start + n}` }))
  return Promise.resolve({ items, next: start + length < ROWS ? `${start + length}` : null })
}

const rowId = (row: Row) => {
  keys += 1
  return row.id
}

function Long() {
  const list = useLongList<Row>({ queryKey: ['rows'], read: page })
  return (
    <div style={{ height: 700 }}>
      <DataGrid<Row>
        label="Rows"
        columns={gridColumns}
        {...list}
        rowId={rowId}
        sort="name"
        onSort={nothing}
        onOpen={nothing}
        empty="Nothing"
      />
    </div>
  )
}

test(
  'a list of 100,000 rows is scrolled to its end and back, and only a part of it is held',
  {
    timeout: 120_000,
  },
  async () => {
    const screen = await show(Long)
    await expect.element(screen.getByText('Row 0', { exact: true })).toBeVisible()
    const grid = screen.getByRole('grid').element()
    const ended = () => grid.querySelector(`[aria-rowindex="${ROWS + 1}"]`) !== null
    let frames = 0
    for (; !ended() && frames < 5000; frames++) {
      grid.scrollTop = grid.scrollHeight
      await frame()
    }
    expect(ended()).toBe(true)
    // rows are read ahead: the end does not wait for each page in turn
    expect(frames).toBeLessThan(800)
    expect(read).toBeLessThan(510)
    expect(grid.querySelectorAll('[role=row]').length).toBeLessThan(60)
    expect(heldRows()).toBeLessThan(4000)

    await scroll(grid, -44 * 4, 4)
    cells = 0
    keys = 0
    await scroll(grid, -44, 10)
    expect(cells).toBeLessThan(10 * 2 * gridColumns.length + 30)
    expect(keys).toBeLessThan(5000)

    const before = read
    grid.scrollTop = 44 * 5000
    await expect.element(screen.getByText('Row 5005', { exact: true })).toBeVisible()
    expect(read - before, 'rows given up are read again, those alone').toBeGreaterThan(0)
    expect(read - before).toBeLessThan(6)
  },
)

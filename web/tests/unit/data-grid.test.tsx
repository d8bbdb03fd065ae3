import { expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import { ApiError } from '@/shared/api/http'
import { rowsIn } from '@/shared/lib/long-list'
import { DataGrid, type GridColumn, type GridSource } from '@/ui/data-grid/data-grid'
import { useSelection } from '@/ui/mass/use-selection'
import { Stage } from './stage'

type Row = { id: string; name: string }

const columns: GridColumn<Row>[] = [
  {
    id: 'name',
    header: 'Name',
    width: '1fr',
    narrow: '1fr',
    sort: 'name',
    cell: (row) => row.name,
  },
  { id: 'id', header: 'Number', width: '1fr', narrow: '1fr', cell: (row) => row.id },
]
const many = Array.from({ length: 300 }, (_, at) => ({ id: `r${at}`, name: `Row ${at}` }))

const WHOLE: GridSource = {
  isPending: false,
  isFetching: false,
  isPlaceholderData: false,
  error: null,
  hasNextPage: false,
  isFetchingNextPage: false,
  fetchNextPage: () => undefined,
  refetch: () => undefined,
}

async function show(rows: Row[], source: Partial<GridSource> = {}, sort = 'name') {
  const calls = { onSort: vi.fn(), onOpen: vi.fn(), fetchNextPage: vi.fn(), refetch: vi.fn() }
  const { fetchNextPage, refetch } = calls
  const whole: GridSource = { ...WHOLE, fetchNextPage, refetch, ...source }
  const screen = await render(
    <Stage>
      <div style={{ height: 500 }}>
        <DataGrid<Row>
          label="Rows"
          columns={columns}
          rows={rowsIn(rows)}
          rowId={(row) => row.id}
          source={whole}
          sort={sort}
          onSort={calls.onSort}
          onOpen={calls.onOpen}
          empty="Nothing here"
        />
      </div>
    </Stage>,
  )
  return { screen, ...calls }
}

test('arrows choose a row, Enter opens it', async () => {
  const { screen, onOpen } = await show(many)
  const grid = screen.getByRole('grid')
  ;(grid.element() as HTMLElement).focus()
  await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}')
  expect(onOpen).toHaveBeenCalledWith(many[1])
  await userEvent.keyboard('{End}{Enter}')
  expect(onOpen).toHaveBeenLastCalledWith(many[299])
})

test('only rows in view are drawn, and the next page is asked for near the end', async () => {
  const { screen, fetchNextPage } = await show(many, { hasNextPage: true })
  await expect.element(screen.getByText('Row 0', { exact: true })).toBeVisible()
  expect(document.querySelectorAll('.gr-row').length).toBeLessThan(40)
  expect(fetchNextPage).not.toHaveBeenCalled()
  document.querySelector('.gr')?.scrollTo({ top: 1e6 })
  await expect.poll(() => fetchNextPage.mock.calls.length).toBeGreaterThan(0)
})

test('a heading sorts, and the other way at the second click', async () => {
  const first = await show(many, {}, '-id')
  await first.screen.getByRole('button', { name: 'Name' }).click()
  expect(first.onSort).toHaveBeenCalledWith('name')
  await first.screen.unmount()
  const second = await show(many, {}, 'name')
  await second.screen.getByRole('button', { name: 'Name' }).click()
  expect(second.onSort).toHaveBeenCalledWith('-name')
})

test('nothing, no rights and a failure each say so', async () => {
  const empty = await show([])
  await expect.element(empty.screen.getByText('Nothing here')).toBeVisible()
  await empty.screen.unmount()
  const problem = { title: 'Forbidden', code: 'forbidden', status: 403 }
  const refused = await show([], { error: new ApiError(problem) })
  await expect.element(refused.screen.getByText('This is not open to you')).toBeVisible()
  await refused.screen.unmount()
  const broken = await show([], { error: new ApiError({ ...problem, status: 500 }) })
  await broken.screen.getByRole('button', { name: 'Try again' }).click()
  expect(broken.refetch).toHaveBeenCalled()
})

test('rows that could not be read further are told under those that were', async () => {
  const { screen, fetchNextPage } = await show(many.slice(0, 3), {
    hasNextPage: true,
    error: new ApiError({ title: 'Broken', code: 'broken', status: 500 }),
  })
  expect(fetchNextPage).not.toHaveBeenCalled()
  await screen.getByRole('button', { name: 'Try again' }).click()
  expect(fetchNextPage).toHaveBeenCalled()
})

test('rows of the question before are marked as such and open nothing', async () => {
  const { screen, onOpen } = await show(many, { isPlaceholderData: true, isFetching: true })
  const grid = screen.getByRole('grid')
  await expect.element(grid).toHaveAttribute('data-old')
  await expect.element(grid).toHaveAttribute('aria-busy', 'true')
  ;(grid.element() as HTMLElement).focus()
  await userEvent.keyboard('{ArrowDown}{Enter}')
  expect(onOpen).not.toHaveBeenCalled()
})

function Chosen({ onOpen, onOf }: { onOpen: () => void; onOf: (of: unknown) => void }) {
  const selection = useSelection({ q: 'firm' })
  onOf(selection.of)
  return (
    <DataGrid<Row>
      label="Rows"
      columns={columns}
      rows={rowsIn(many)}
      rowId={(row) => row.id}
      source={WHOLE}
      sort="name"
      onSort={() => undefined}
      onOpen={onOpen}
      selection={selection}
      empty="Nothing here"
    />
  )
}

test('rows are chosen by click, by Space, through Shift, or all that are found', async () => {
  const [onOpen, onOf] = [vi.fn(), vi.fn()]
  const screen = await render(
    <Stage>
      <div style={{ height: 500 }}>
        <Chosen onOpen={onOpen} onOf={onOf} />
      </div>
    </Stage>,
  )
  const boxes = screen.getByRole('checkbox', { name: 'Select', exact: true })
  await boxes.nth(1).click()
  expect(onOf).toHaveBeenLastCalledWith({ ids: ['r1'] })
  await boxes.nth(3).click({ modifiers: ['Shift'] })
  expect(onOf).toHaveBeenLastCalledWith({ ids: ['r1', 'r2', 'r3'] })
  ;(screen.getByRole('grid').element() as HTMLElement).focus()
  await userEvent.keyboard('{Home} ')
  expect(onOf).toHaveBeenLastCalledWith({ ids: ['r1', 'r2', 'r3', 'r0'] })
  await userEvent.keyboard(' ')
  expect(onOf).toHaveBeenLastCalledWith({ ids: ['r1', 'r2', 'r3'] })
  expect(screen.getByRole('row', { selected: true }).elements()).toHaveLength(3)
  const all = screen.getByRole('checkbox', { name: 'Select all that are found' })
  await all.click() // takes the choice back first
  expect(onOf).toHaveBeenLastCalledWith({ ids: [] })
  await all.click()
  expect(onOf).toHaveBeenLastCalledWith({ found: { q: 'firm', filter: null } })
  expect(onOpen).not.toHaveBeenCalled()
})

import { expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import { Board } from '@/ui/board/board'
import { Stage } from './stage'

type Item = { id: string; name: string }

const columns = [
  { id: 'new', label: 'New', more: true },
  { id: 'done', label: 'Done', more: false },
]
const items = new Map<string, Item[]>([
  ['new', Array.from({ length: 500 }, (_, at) => ({ id: `i${at}`, name: `Card ${at}` }))],
  ['done', [{ id: 'last', name: 'Last' }]],
])

type Options = { onMove?: () => boolean; fixed?: boolean }

async function show(options: Options = {}) {
  const calls = { onMove: vi.fn(options.onMove ?? (() => true)), onOpen: vi.fn(), onMore: vi.fn() }
  const board = (shown: typeof items) => (
    <Stage>
      <div style={{ height: 600, width: 700 }}>
        <Board<Item>
          label="Board"
          columns={columns}
          items={shown}
          fixed={options.fixed ?? false}
          movable={(item) => item.id !== 'i3'}
          itemLabel={(item) => item.name}
          renderItem={(item) => item.name}
          renderHeader={(id) => <h2>{id}</h2>}
          {...calls}
        />
      </div>
    </Stage>
  )
  const screen = await render(board(items))
  const showItems = (shown: typeof items) => screen.rerender(board(shown))
  const card = (name: string) => screen.getByLabelText(name, { exact: true })
  await expect.element(card('Card 0')).toBeVisible()
  return { screen, card, showItems, ...calls }
}

const focus = (found: { element: () => Element }) => (found.element() as HTMLElement).focus()

test('a card is moved by keys alone, focus stays on it, each step is told', async () => {
  const { screen, card, onMove } = await show()
  expect(document.querySelectorAll('[data-card]').length).toBeLessThan(40)
  focus(card('Card 0'))
  await userEvent.keyboard(' ')
  await expect.element(screen.getByText(/Card 0: lifted/)).toBeInTheDocument()
  await userEvent.keyboard('{ArrowRight}')
  await expect.element(screen.getByText('Over Done')).toBeInTheDocument()
  await expect.poll(() => (document.activeElement as HTMLElement).dataset['card']).toBe('i0')
  await userEvent.keyboard(' ')
  expect(onMove).toHaveBeenCalledWith({ id: 'i0', name: 'Card 0' }, 'new', 'done')
  await expect.element(screen.getByText('Dropped in Done')).toBeInTheDocument()
})

test('what others change while a drop is on its way does not take the card away', async () => {
  const { card, showItems } = await show()
  focus(card('Card 0'))
  await userEvent.keyboard(' {ArrowRight} ')
  await expect.poll(() => document.activeElement?.getAttribute('data-card')).toBe('i0')
  const dropped = document.activeElement
  const one = items.get('new') ?? []
  await showItems(new Map(items))
  expect(document.activeElement).toBe(dropped)
  const moved = [one[0] as Item, ...(items.get('done') ?? [])]
  await showItems(
    new Map([
      ['new', one.slice(1)],
      ['done', moved],
    ]),
  )
  expect(document.activeElement).toBe(dropped)
  expect(dropped?.closest('[data-column]')?.getAttribute('data-column')).toBe('done')
})

test('Escape puts a lifted card back and moves nothing', async () => {
  const { screen, card, onMove } = await show()
  focus(card('Card 0'))
  await userEvent.keyboard(' {ArrowRight}')
  await expect.poll(() => document.querySelector('[data-column=new] [data-card=i0]')).toBeNull()
  await expect.poll(() => document.activeElement?.getAttribute('data-card')).toBe('i0')
  await userEvent.keyboard('{Escape}')
  await expect.element(screen.getByText('Move cancelled')).toBeInTheDocument()
  expect(onMove).not.toHaveBeenCalled()
  expect(document.querySelector('[data-column=new] [data-card=i0]')).not.toBeNull()
})

test('a move that is not taken puts the card back', async () => {
  const { card } = await show({ onMove: () => false })
  focus(card('Card 0'))
  await userEvent.keyboard(' {ArrowRight}')
  await expect.poll(() => document.querySelector('[data-column=new] [data-card=i0]')).toBeNull()
  await expect.poll(() => document.activeElement?.getAttribute('data-card')).toBe('i0')
  await userEvent.keyboard(' ')
  await expect.poll(() => document.querySelector('[data-column=new] [data-card=i0]')).not.toBeNull()
})

test('Enter opens the card the arrows led to', async () => {
  const { card, onOpen } = await show()
  focus(card('Card 0'))
  await userEvent.keyboard('{ArrowDown}')
  await expect.poll(() => (document.activeElement as HTMLElement).dataset['card']).toBe('i1')
  await userEvent.keyboard('{Enter}')
  expect(onOpen).toHaveBeenCalledWith({ id: 'i1', name: 'Card 1' })
})

test('who may not move lifts nothing', async () => {
  const { card, onMove } = await show({ fixed: true })
  focus(card('Card 0'))
  await userEvent.keyboard(' {ArrowRight} ')
  expect(onMove).not.toHaveBeenCalled()
})

test('more cards are asked for only near the end of what is known', async () => {
  const { onMore } = await show()
  expect(onMore).not.toHaveBeenCalled()
  document.querySelector('[data-column=new] .bd-scroll')?.scrollTo({ top: 1e6 })
  await expect.poll(() => onMore.mock.calls.length).toBeGreaterThan(0)
  expect(onMore).toHaveBeenCalledWith('new')
})

test('a card that is another person’s is not lifted, and it is said', async () => {
  const { screen, card, onMove } = await show()
  focus(card('Card 0'))
  await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}')
  await expect.poll(() => (document.activeElement as HTMLElement).dataset['card']).toBe('i3')
  await userEvent.keyboard(' ')
  await expect.element(screen.getByText('Card 3: cannot be moved by you.')).toBeInTheDocument()
  await userEvent.keyboard('{ArrowRight} ')
  expect(onMove).not.toHaveBeenCalled()
})

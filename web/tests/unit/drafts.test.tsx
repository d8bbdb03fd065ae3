import { beforeEach, expect, test, vi } from 'vitest'
import {
  draftsOf,
  draftsUnder,
  dropAllDrafts,
  dropDraft,
  keepDrafts,
  readDraft,
  writeDraft,
} from '@/shared/lib/draft'

/** What another tab of this browser has kept; `alive`: milliseconds since its last sign of life. */
function elsewhere(person: string, tab: string, name: string, values: object, alive?: number) {
  const kept = JSON.stringify({ at: Date.now(), values })
  localStorage.setItem(`gausdo.draft.${person}.${tab}.${name}`, kept)
  if (alive !== undefined) localStorage.setItem(`gausdo.tab.${tab}`, String(Date.now() - alive))
}

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
  draftsOf('anna')
  keepDrafts()
})

test('a draft is one person’s: another sees nothing of it', () => {
  writeDraft('deal.new', { title: 'Secret' })
  draftsOf('boris')
  expect(readDraft('deal.new')).toBeUndefined()
  draftsOf('anna')
  expect(readDraft('deal.new')).toEqual({ title: 'Secret' })
})

test('two open tabs do not write over each other; one that is gone leaves its drafts', () => {
  elsewhere('anna', 'open', 'deal.new', { title: 'Other tab' }, 1_000)
  expect(readDraft('deal.new')).toBeUndefined()
  elsewhere('anna', 'crashed', 'deal.new', { title: 'Crashed tab' }, 3_600_000)
  expect(readDraft('deal.new')).toEqual({ title: 'Crashed tab' })
  expect(localStorage.getItem('gausdo.draft.anna.crashed.deal.new')).toBeNull()
  elsewhere('anna', 'closed', 'note', { text: 'Closed tab' })
  expect(readDraft('note')).toEqual({ text: 'Closed tab' })
})

test('a draft is forgotten after a week', () => {
  writeDraft('deal.new', { title: 'Old' })
  vi.useFakeTimers({ now: Date.now() + 8 * 86_400_000, toFake: ['Date'] })
  expect(readDraft('deal.new')).toBeUndefined()
  vi.useRealTimers()
})

test('signing out forgets what the person typed, in every tab, and nobody else’s', () => {
  writeDraft('deal.new', { title: 'Mine' })
  elsewhere('anna', 'open', 'note', { text: 'Mine, too' }, 0)
  elsewhere('boris', 'open', 'note', { text: 'His' }, 0)
  dropAllDrafts()
  const left = Object.keys(localStorage).filter((key) => key.startsWith('gausdo.draft.'))
  expect(left).toEqual(['gausdo.draft.boris.open.note'])
})

test('what is kept of one record is found under its name', () => {
  writeDraft('deal.1.title', { value: 'A' })
  writeDraft('deal.2.title', { value: 'B' })
  expect(draftsUnder('deal.1.')).toEqual([{ name: 'deal.1.title', values: { value: 'A' } }])
})

test('leaving the page asks first only while something could not be kept', () => {
  const asks = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }))
  expect(asks()).toBe(false)
  const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  writeDraft('deal.new', { title: 'Unkept' })
  full.mockRestore()
  expect(asks()).toBe(true)
  dropDraft('deal.new')
  expect(asks()).toBe(false)
})

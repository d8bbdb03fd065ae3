/**
 * Unsaved values of forms and fields, kept in the browser until they are saved or thrown away, so
 * that a closed dialog, a lost session, a reload or a closed tab costs nothing that was typed.
 *
 * Each is kept per person, so that nobody sees another's, and per tab, so that two tabs with the
 * same form do not write over each other. What a tab that is gone had kept is given to the next
 * one that asks for it.
 */
const PREFIX = 'gausdo.draft.'
const TAB = 'gausdo.tab'
const DAY = 86_400_000
const EXPIRY = 7 * DAY
/** How long after its last sign of life a tab that said no farewell counts as gone. */
const GONE = 3 * 60_000

type Kept = { at: number; values: object }

let person = ''
let tab = ''
/** What could not be written: leaving the page would lose it, so the person is asked first. */
const unkept = new Set<string>()

/** From now on drafts are those of `id`. */
export function draftsOf(id: string): void {
  person = id
}

const own = (name: string) => `${PREFIX}${person}.${tab}.${name}`

function parse(text: string | null): Kept | undefined {
  if (text === null) return undefined
  try {
    const kept = JSON.parse(text) as Kept
    return kept.at > Date.now() - EXPIRY ? kept : undefined
  } catch {
    return undefined
  }
}

const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))

/** The newest that tabs which are gone have kept under `name`, taken over by this one. */
function inherit(name: string): Kept | undefined {
  let newest: { key: string; kept: Kept } | undefined
  for (const key of keys()) {
    const [owner = '', holder = ''] = key.slice(PREFIX.length).split('.')
    if (owner !== person || key !== `${PREFIX}${owner}.${holder}.${name}` || lives(holder)) continue
    const kept = parse(localStorage.getItem(key))
    if (kept && kept.at > (newest?.kept.at ?? 0)) newest = { key, kept }
  }
  if (!newest) return undefined
  localStorage.setItem(own(name), JSON.stringify(newest.kept))
  localStorage.removeItem(newest.key)
  return newest.kept
}

const lives = (holder: string) =>
  Number(localStorage.getItem(`${TAB}.${holder}`) ?? 0) > Date.now() - GONE

export function readDraft<V extends object>(name: string): Partial<V> | undefined {
  try {
    const kept = parse(localStorage.getItem(own(name))) ?? inherit(name)
    return kept?.values as Partial<V> | undefined
  } catch {
    return undefined
  }
}

export function writeDraft(name: string, values: object): void {
  try {
    localStorage.setItem(own(name), JSON.stringify({ at: Date.now(), values }))
    unkept.delete(name)
  } catch {
    // full or forbidden storage: the form still works, and leaving the page asks first
    unkept.add(name)
  }
}

export function dropDraft(name: string): void {
  unkept.delete(name)
  try {
    localStorage.removeItem(own(name))
  } catch {
    // nothing was kept
  }
}

/** The names and values this tab has kept whose names begin with `start`. */
export function draftsUnder(start: string): { name: string; values: object }[] {
  try {
    const prefix = own('')
    return keys().flatMap((key) => {
      const name = key.slice(prefix.length)
      if (!key.startsWith(prefix) || !name.startsWith(start)) return []
      const kept = parse(localStorage.getItem(key))
      return kept ? [{ name, values: kept.values }] : []
    })
  } catch {
    return []
  }
}

/** Signing out leaves nothing of one person for the next, in whichever tab it was typed. */
export function dropAllDrafts(): void {
  unkept.clear()
  try {
    for (const key of keys()) {
      if (key.startsWith(`${PREFIX}${person}.`)) localStorage.removeItem(key)
    }
  } catch {
    // nothing was kept
  }
}

/** Gives this tab its name, throws away what is too old, and asks before losing the unkept. */
export function keepDrafts(): void {
  try {
    tab = sessionStorage.getItem(TAB) ?? ''
    // a copied tab has its original's name; the original is still there
    if (tab === '' || localStorage.getItem(`${TAB}.${tab}`) !== null) tab = crypto.randomUUID()
    sessionStorage.setItem(TAB, tab)
    const alive = () => localStorage.setItem(`${TAB}.${tab}`, String(Date.now()))
    alive()
    setInterval(alive, GONE / 3)
    window.addEventListener('pageshow', alive)
    window.addEventListener('pagehide', () => localStorage.removeItem(`${TAB}.${tab}`))
    for (const key of keys()) if (!parse(localStorage.getItem(key))) localStorage.removeItem(key)
    for (const key of Object.keys(localStorage)) {
      const holder = key.startsWith(`${TAB}.`) && key.slice(TAB.length + 1)
      if (holder && !lives(holder)) localStorage.removeItem(key)
    }
  } catch {
    // storage may be forbidden: what is typed is then asked about when the page is left
  }
  window.addEventListener('beforeunload', (event) => {
    if (unkept.size > 0) event.preventDefault()
  })
}

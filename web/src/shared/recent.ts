/**
 * The records one has looked at last, to be offered before anything is typed: their ids alone, for
 * names may be of people, and change. Kept per person, so that nobody sees another's.
 */
const PREFIX = 'gausdo.recent.'
const KEPT = 8
const PAGE = /^\/(deals|companies|people)\/([0-9a-f-]{36})$/

export type Visited = { to: 'deals' | 'companies' | 'people'; id: string }

export function recent(person: string): Visited[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(PREFIX + person) ?? '[]')
    if (!Array.isArray(kept)) return []
    return kept.flatMap((path: unknown) => visitOf(String(path)) ?? [])
  } catch {
    return []
  }
}

/** Remembers the page of a record; other pages are none. */
export function visit(person: string, pathname: string): void {
  if (!PAGE.test(pathname)) return
  const others = recent(person).map(({ to, id }) => `/${to}/${id}`)
  const paths = [pathname, ...others.filter((path) => path !== pathname)].slice(0, KEPT)
  try {
    localStorage.setItem(PREFIX + person, JSON.stringify(paths))
  } catch {
    // a browser that keeps nothing offers nothing
  }
}

function visitOf(path: string): Visited | undefined {
  const [, to, id] = PAGE.exec(path) ?? []
  return to && id ? { to: to as Visited['to'], id } : undefined
}

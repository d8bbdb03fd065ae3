import type { AnyRouter } from '@tanstack/react-router'

/** Does `work` when the page has nothing better to do. */
function atRest(work: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout: 10_000 })
  else setTimeout(work, 3000)
}

/**
 * Fetches the code of every page and dialog once the first is on screen, so that the next opens at
 * once, and also while there is no connection.
 */
export function warm(router: AnyRouter): void {
  const { connection } = navigator as { connection?: { saveData?: boolean } }
  if (connection?.saveData) return
  atRest(() => void fetchAll(router))
}

async function fetchAll(router: AnyRouter): Promise<void> {
  const pages = Object.values(router.routesById).map((route) => router.loadRouteChunk(route))
  // what could not be fetched now is fetched when it is opened
  await Promise.allSettled([
    import('./palette'),
    import('./forms'),
    import('./keys-help'),
    ...pages,
  ])
  document.documentElement.dataset['warm'] = 'true'
}

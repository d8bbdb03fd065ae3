/**
 * Unsaved form values, kept in the tab's storage until they are saved or thrown away, so that a
 * closed dialog, a lost session or a reload costs nothing that was typed.
 */
const PREFIX = 'gausdo.draft.'

export function readDraft<V extends object>(name: string): Partial<V> | undefined {
  try {
    const text = sessionStorage.getItem(PREFIX + name)
    return text === null ? undefined : (JSON.parse(text) as Partial<V>)
  } catch {
    return undefined
  }
}

export function writeDraft(name: string, values: object): void {
  try {
    sessionStorage.setItem(PREFIX + name, JSON.stringify(values))
  } catch {
    // full or forbidden storage: the form still works, it is only not kept
  }
}

export function dropDraft(name: string): void {
  try {
    sessionStorage.removeItem(PREFIX + name)
  } catch {
    // nothing was kept
  }
}

/** Signing out leaves nothing of one person for the next. */
export function dropAllDrafts(): void {
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX)) sessionStorage.removeItem(key)
    }
  } catch {
    // nothing was kept
  }
}

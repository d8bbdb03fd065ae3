import type { Mention } from '@/shared/api/generated/model'

/** Names as they stand in a text that is being written, each with whom it means. */
export type Named = Record<string, string>

const TOKEN = /@\[([0-9a-f-]{36})\]/g

/** What is typed after the last `@` before the caret: of whom one begins to write. */
export function beginning(
  text: string,
  caret: number,
): { from: number; typed: string } | undefined {
  const found = /(?:^|[\s(,;])@([\p{L}\p{N}.\- ]{0,40})$/u.exec(text.slice(0, caret))
  if (!found) return undefined
  const typed = found[1] ?? ''
  return { from: caret - typed.length - 1, typed }
}

/** The text as it is sent: each `@Name` that was chosen as the id of whom it means. */
export function toSent(text: string, named: Named): string {
  const names = Object.keys(named).toSorted((a, b) => b.length - a.length)
  return names.reduce((sent, name) => sent.replaceAll(`@${name}`, `@[${named[name]}]`), text)
}

/** A text as it was sent, as one writes it on. */
export function toWritten(text: string, mentions: readonly Mention[]) {
  const named: Named = {}
  const written = text.replace(TOKEN, (token, id: string) => {
    const name = mentions.find((one) => one.id === id)?.name
    if (!name) return token
    named[name] = id
    return `@${name}`
  })
  return { text: written, named }
}

/** A text in parts: plain ones, and those that name somebody. */
export function partsOf(text: string, mentions: readonly Mention[]) {
  const parts: { text: string; at: number; id?: string }[] = []
  let end = 0
  for (const found of text.matchAll(TOKEN)) {
    const name = mentions.find((one) => one.id === found[1])?.name
    if (!name) continue
    const at = found.index
    const plain = { text: text.slice(end, at), at: end }
    parts.push(plain, { text: `@${name}`, at, id: found[1] ?? '' })
    end = at + found[0].length
  }
  return [...parts, { text: text.slice(end), at: end }].filter((part) => part.text !== '')
}

// Every catalogue is complete and up to date: nothing untranslated, nothing in the code that is
// not in the catalogue, every plural with all of its language's categories (Russian: one, few,
// many, other), the same placeholders as the source.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('../src/locales/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.po'))
const problems = []

const ids = (text) => [...text.matchAll(/^msgid (.*(?:\n".*)*)/gm)].map((found) => found[1]).sort()
const read = (name) => readFileSync(new URL(name, folder), 'utf8')
const before = new Map(files.map((name) => [name, ids(read(name)).join('\n')]))
execFileSync('npm', ['run', '-s', 'gen:i18n'], { stdio: ['ignore', 'ignore', 'inherit'] })

const field = (block, name) => {
  const found = block.match(new RegExp(`^${name} ((?:"(?:[^"\\\\]|\\\\.)*"\\n?)+)`, 'm'))
  const lines = found?.[1].split('\n').filter(Boolean) ?? []
  return lines.map((line) => JSON.parse(line)).join('')
}

/** The categories of the plural whose body starts at `start` in `text`. */
function categories(text, start) {
  const found = []
  let depth = 1
  let word = ''
  for (let at = start; depth > 0 && at < text.length; at++) {
    const char = text[at]
    if (char === '{') {
      if (depth === 1) found.push(word.trim())
      depth++
      word = ''
    } else if (char === '}') {
      depth--
      word = ''
    } else word += char
  }
  return found
}

const placeholders = (text) =>
  [...new Set([...text.matchAll(/\{\s*(\w+)\s*[,}]/g)].map((found) => found[1]))].sort().join()

for (const name of files) {
  const text = read(name)
  if (ids(text).join('\n') !== before.get(name)) {
    problems.push(`${name}: was not up to date; it is now, translate what is new`)
  }
  const needed = new Intl.PluralRules(name.slice(0, -3)).resolvedOptions().pluralCategories
  for (const block of text.split(/\n\n+/).slice(1)) {
    if (block.startsWith('#~')) continue
    const source = field(block, 'msgid')
    const target = field(block, 'msgstr')
    if (!target) {
      problems.push(`${name}: not translated: ${source}`)
      continue
    }
    for (const found of target.matchAll(/\{\s*\w+,\s*plural\s*,/g)) {
      const has = categories(target, found.index + found[0].length)
      const missing = needed.filter((category) => !has.includes(category))
      if (missing.length > 0) problems.push(`${name}: no ${missing.join(', ')} in: ${target}`)
    }
    if (placeholders(source) !== placeholders(target)) {
      problems.push(`${name}: other placeholders than the source: ${source} / ${target}`)
    }
  }
}
if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}
console.log(`i18n: ok, ${files.join(', ')}`)

import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

/** The rules of the house for the interface, each with a line that breaks it. */

const root = mkdtempSync(join(tmpdir(), 'lint-'))
copyFileSync('.oxlintrc.json', join(root, '.oxlintrc.json'))
afterAll(() => rmSync(root, { recursive: true }))

function lint(path: string, code: string): string {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, code)
  try {
    return execFileSync(join(process.cwd(), 'node_modules/.bin/oxlint'), [path], {
      cwd: root,
      encoding: 'utf8',
    })
  } catch (refused) {
    return (refused as { stdout: string }).stdout
  } finally {
    rmSync(file)
  }
}

const uses = (from: string) => `import { thing } from '${from}'\n\nexport const other = thing\n`

test.each([
  ['src/features/sales/a.ts', '@/features/customers/b', 'Features meet in routes'],
  ['src/features/sales/a.ts', '../customers/b', 'Features meet in routes'],
  ['src/features/sales/a.ts', '@/app/shell', 'does not know where it is shown'],
  ['src/ui/a.ts', '@/features/sales/b', 'know nothing of features'],
  ['src/shared/a.ts', '@/routes/b', 'know nothing of features'],
  ['src/app/a.ts', 'echarts', 'echarts/core'],
  ['src/routes/a.ts', 'zod', 'zod/mini'],
])('%s may not import %s', (path, from, told) => {
  expect(lint(path, uses(from))).toContain(told)
})

test('a feature uses its own files, and what is shared', () => {
  expect(lint('src/features/sales/a.ts', uses('./b'))).not.toContain('no-restricted-imports')
  expect(lint('src/features/sales/a.ts', uses('@/ui/b'))).not.toContain('no-restricted-imports')
})

test('a file stays under 250 lines', () => {
  expect(lint('src/ui/a.ts', 'export {}\n'.repeat(251))).toContain('max-lines')
})

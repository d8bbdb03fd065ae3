// Every optional platform package named by a locked package is locked too (otherwise `npm ci`
// fails on someone else's system), and the lock names no registry.
import { readFileSync } from 'node:fs'

const text = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')
const packages = Object.entries(JSON.parse(text).packages)
const names = new Set(packages.map(([path]) => path.split('node_modules/').at(-1)))
const missing = packages.flatMap(([path, entry]) =>
  Object.keys(entry.optionalDependencies ?? {})
    .filter((name) => !names.has(name))
    .map((name) => `lacks ${name}, wanted by ${path || 'package.json'}`),
)
const named = packages
  .filter(([, entry]) => 'resolved' in entry)
  .map(([path]) => `names a registry for ${path}`)
const problems = [...missing, ...named]
if (problems.length > 0) {
  console.error(`package-lock.json:\n  ${problems.join('\n  ')}`)
  process.exit(1)
}
console.log(`lock: ok, ${packages.length} packages`)

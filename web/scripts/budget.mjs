// The first view against its budget: what index.html and its static imports load, gzipped.
import { existsSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const BUDGET = { js: 190_000, css: 45_000 }
const folder = process.argv[2]
const html = readFileSync(`${folder}/index.html`, 'utf8')
const seen = new Set()
const queue = [...html.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map((found) => found[1])
while (queue.length > 0) {
  const file = queue.pop()
  if (seen.has(file) || !existsSync(folder + file)) continue
  seen.add(file)
  if (!file.endsWith('.js')) continue
  const code = readFileSync(folder + file, 'utf8')
  for (const found of code.matchAll(/(?:import|from)\s*["']\.\/([^"']+\.js)["']/g)) {
    queue.push(`/assets/${found[1]}`)
  }
}
const weigh = (extension) =>
  [...seen]
    .filter((file) => file.endsWith(extension))
    .reduce((sum, file) => sum + gzipSync(readFileSync(folder + file), { level: 9 }).length, 0)

const over = Object.entries(BUDGET).filter(([kind, limit]) => {
  const size = weigh(`.${kind}`)
  console.log(`first view, ${kind}: ${size} of ${limit} bytes gzipped`)
  return size > limit
})
if (over.length > 0) {
  console.error(`over the budget: ${over.map(([kind]) => kind).join(', ')}`)
  process.exit(1)
}

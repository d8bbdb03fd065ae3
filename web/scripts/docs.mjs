// Puts Swagger UI beside the built interface: the API's documentation page takes it from there.
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(process.argv[2], 'docs')
mkdirSync(folder, { recursive: true })
for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js', 'LICENSE']) {
  copyFileSync(
    new URL(`../node_modules/swagger-ui-dist/${file}`, import.meta.url),
    join(folder, file),
  )
}

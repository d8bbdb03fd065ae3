import type { Page } from '@playwright/test'
import { json } from './app.ts'

export type Deal = {
  id: string
  title: string
  version: number
  stage_id: string
  pipeline_id: string
}
type Pipeline = { id: string; stages: { id: string; name: string; kind: string }[] }

/** A deal of one's own in the first stage of the first pipeline. */
export async function fresh(
  page: Page,
  title: string,
): Promise<{ deal: Deal; pipeline: Pipeline }> {
  const [pipeline] = await json<Pipeline[]>(await page.request.get('/api/v1/pipelines'))
  if (!pipeline) throw new Error('the demonstration has no pipeline')
  const origin = new URL(page.url()).origin
  const answer = await page.request.post('/api/v1/deals', {
    headers: { origin, 'sec-fetch-site': 'same-origin' },
    data: { title, worth: { amount: '1000.00', currency: 'RUB' }, pipeline_id: pipeline.id },
  })
  return { deal: await json<Deal>(answer), pipeline }
}

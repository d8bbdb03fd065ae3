import type { StageDraft } from '@/shared/api/generated/model'

/** A stage as the form has it: each has an id, which the server replaces by one of its own. */
export const newStage = (told: Partial<StageDraft> & { name: string }): StageDraft => ({
  id: told.id ?? crypto.randomUUID(),
  name: told.name,
  kind: told.kind ?? 'open',
  probability: told.probability ?? 50,
  tone: told.tone ?? 'neutral',
  needs: told.needs ?? [],
  leads_to: told.leads_to ?? null,
  hours: told.hours ?? null,
  rots_after: told.rots_after ?? null,
})

/** The stages with one of them `by` places further; beyond the ends nothing moves. */
export function shifted(stages: readonly StageDraft[], place: number, by: number): StageDraft[] {
  const to = place + by
  const moved = stages[place]
  if (!moved || to < 0 || to >= stages.length) return [...stages]
  const rest = stages.filter((_, at) => at !== place)
  return [...rest.slice(0, to), moved, ...rest.slice(to)]
}

/** The stages without one of them: no other leads there any more. */
export const without = (stages: readonly StageDraft[], id: string): StageDraft[] =>
  stages
    .filter((stage) => stage.id !== id)
    .map((stage) =>
      newStage({ ...stage, leads_to: stage.leads_to?.filter((one) => one !== id) ?? null }),
    )

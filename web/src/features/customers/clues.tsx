import { useLingui } from '@lingui/react/macro'
import type { Clue } from '@/shared/api/generated/model'
import { Tag } from '@/ui/tag'
import { CLUES } from './clue-words'

/** Why two records are taken for one. */
export function Clues({ clues }: { clues: readonly Clue[] }) {
  const { i18n } = useLingui()
  return clues.map((clue) => <Tag key={clue}>{i18n._(CLUES[clue])}</Tag>)
}

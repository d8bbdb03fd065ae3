import type { QueryClient } from '@tanstack/react-query'
import { ruleKeys } from './queries'

/** A rule was saved or has run: rules are few, those on screen are read again. */
export const rulesChanged = (queries: QueryClient) =>
  queries.invalidateQueries({ queryKey: ruleKeys.all })

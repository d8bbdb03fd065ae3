import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { tasksChanged, notesChanged } from '@/features/activities/live'
import { rulesChanged } from '@/features/automation/live'
import { companiesChanged, peopleChanged } from '@/features/customers/live'
import { dealsChanged } from '@/features/sales/live'
import { connectLive, type LiveMessage } from '@/shared/api/live'
import { pipelinesQuery } from '@/shared/reference'

type OnChange = (queries: QueryClient, messages: readonly LiveMessage[]) => void | Promise<void>

const HANDLERS: Record<string, OnChange> = {
  company: companiesChanged,
  deal: dealsChanged,
  note: notesChanged,
  person: peopleChanged,
  rule: rulesChanged,
  task: tasksChanged,
  pipeline: (queries) => queries.invalidateQueries({ queryKey: pipelinesQuery().queryKey }),
}

/** Keeps what is on screen up to date; false while the connection is lost for a while. */
export function useLive(): boolean {
  const queries = useQueryClient()
  const [connected, setConnected] = useState(true)
  useEffect(() => {
    let doubt: ReturnType<typeof setTimeout> | undefined
    const close = connectLive('/api/v1/live', {
      onChanges(messages) {
        for (const [kind, handle] of Object.entries(HANDLERS)) {
          const own = messages.filter((message) => message.kind === kind)
          if (own.length > 0) void handle(queries, own)
        }
      },
      onReturn: () => void queries.invalidateQueries(),
      onState(up) {
        clearTimeout(doubt)
        // a short loss is nobody's business
        if (up) setConnected(true)
        else doubt = setTimeout(() => setConnected(false), 3000)
      },
    })
    return () => {
      clearTimeout(doubt)
      close()
    }
  }, [queries])
  return connected
}

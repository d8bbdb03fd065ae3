import { useQueryClient, type QueryClient, type QueryKey } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { IN_TIMELINES, tasksChanged, timelinesChanged } from '@/features/activities/live'
import { taskKeys } from '@/features/activities/queries'
import { rulesChanged } from '@/features/automation/live'
import { ruleKeys } from '@/features/automation/queries'
import { companiesChanged, peopleChanged, rolledUp } from '@/features/customers/live'
import { companyKeys, personKeys } from '@/features/customers/queries'
import { noticeKeys, noticesChanged } from '@/features/notices/queries'
import { dealsChanged } from '@/features/sales/live'
import { dealKeys } from '@/features/sales/queries'
import { connectLive, type LiveMessage } from '@/shared/api/live'
import { refreshLists } from '@/shared/lib/long-list'
import { meQuery, pipelinesQuery } from '@/shared/reference'

type OnChange = (queries: QueryClient, messages: readonly LiveMessage[]) => unknown

/** Other modules learn of a task, and the reports of everything, a moment after it happened. */
const ECHO_MS = 1_000
const REPORTS_MS = 2_000

const HANDLERS: Record<string, OnChange> = {
  company: companiesChanged,
  deal: dealsChanged,
  meeting: (queries) => queries.invalidateQueries({ queryKey: ['calendar'] }),
  reminder: (queries) => queries.invalidateQueries({ queryKey: ['reminders'] }),
  notices: noticesChanged,
  person: peopleChanged,
  rule: rulesChanged,
  quote: (queries) => queries.invalidateQueries({ queryKey: ['quotes'] }),
  pipeline: (queries) => queries.invalidateQueries({ queryKey: pipelinesQuery().queryKey }),
  task: async (queries, messages) => {
    const ids = new Set(await tasksChanged(queries, messages))
    const about = [...ids].map((id) => ({ kind: 'deal', id, version: 0, name: '' }))
    if (about.length === 0) return
    await new Promise((resolve) => setTimeout(resolve, ECHO_MS))
    await dealsChanged(queries, about)
  },
}

/** What is read again of a kind when it is not told which record has changed. */
const KEYS: Record<string, QueryKey> = {
  company: companyKeys.all,
  deal: dealKeys.all,
  meeting: ['calendar'],
  reminder: ['reminders'],
  notices: noticeKeys.all,
  person: personKeys.all,
  quote: ['quotes'],
  pipeline: pipelinesQuery().queryKey,
  rule: ruleKeys.all,
  task: taskKeys.all,
}

const REPORTED = new Set(['deal', 'note', 'task'])

/** Keeps what is on screen up to date; false while the connection is lost. */
export function useLive(): boolean {
  const queries = useQueryClient()
  const [connected, setConnected] = useState(true)
  useEffect(() => {
    let reports: ReturnType<typeof setTimeout> | undefined
    let timelines: ReturnType<typeof setTimeout> | undefined
    async function attempt(read: () => unknown) {
      try {
        await read()
      } catch {
        // what could not be read again is read when it is next shown
        void queries.invalidateQueries({ refetchType: 'none' })
      }
    }
    function refreshReports() {
      reports = undefined
      void queries.invalidateQueries({ queryKey: ['reports'] })
    }
    function refreshTimelines() {
      timelines = undefined
      timelinesChanged(queries)
      rolledUp(queries)
    }
    const waiting = new Map<string, ReturnType<typeof setTimeout>>()
    function readAgain(kind: string, key: QueryKey) {
      if (waiting.has(kind)) return
      const later = setTimeout(() => {
        waiting.delete(kind)
        refreshLists(queries, key)
      }, ECHO_MS)
      waiting.set(kind, later)
    }
    const close = connectLive('/api/v1/live', {
      onChanges(messages) {
        for (const [kind, handle] of Object.entries(HANDLERS)) {
          const own = messages.filter((message) => message.kind === kind && message.id)
          if (own.length > 0) void attempt(() => handle(queries, own))
        }
        for (const { kind, id } of messages) if (!id && KEYS[kind]) readAgain(kind, KEYS[kind])
        if (messages.some((message) => IN_TIMELINES.has(message.kind))) {
          timelines ??= setTimeout(refreshTimelines, ECHO_MS)
        }
        if (messages.some((message) => REPORTED.has(message.kind))) {
          reports ??= setTimeout(refreshReports, REPORTS_MS)
        }
      },
      onReturn: () => refreshLists(queries),
      onState(up) {
        setConnected(up)
        // a session that has ended closes the socket, too: whoever asks next learns which it is
        if (!up) void queries.refetchQueries({ queryKey: meQuery().queryKey })
      },
    })
    return () => {
      clearTimeout(reports)
      clearTimeout(timelines)
      waiting.forEach(clearTimeout)
      close()
    }
  }, [queries])
  return connected
}

import { queryOptions } from '@tanstack/react-query'
import dayjs from 'dayjs'
import {
  audit,
  auditEvents,
  getExportAuditUrl,
  jobs,
  parkedEvents,
  systemHealth,
} from '@/shared/api/generated/administration'
import type { AuditParams } from '@/shared/api/generated/model'
import { given, listQuery, pageSize } from '@/shared/lib/list'

/** What narrows the audit, as it stands in the address; days as `2026-03-01`. */
export type AuditSearch = {
  text?: string | undefined
  person?: string | undefined
  kind?: string | undefined
  record?: string | undefined
  name?: string | undefined
  via?: string | undefined
  since?: string | undefined
  until?: string | undefined
  address?: string | undefined
  event?: string | undefined
}

/** The same as the API takes it: days begin and end in the reader's zone. */
export function paramsOf({ since, until, ...rest }: AuditSearch): AuditParams {
  return given({
    ...rest,
    since: since && dayjs(since).startOf('day').toISOString(),
    until: until && dayjs(until).endOf('day').toISOString(),
  })
}

export const auditQuery = (search: AuditSearch) => {
  const set = paramsOf(search)
  return listQuery(['audit', set] as const, (after, signal) =>
    audit(given({ limit: pageSize(after), ...set, after }), { signal }),
  )
}

export const exportUrl = (search: AuditSearch, format: 'csv' | 'jsonl') =>
  getExportAuditUrl({ ...paramsOf(search), format })

export const auditEventsQuery = () =>
  queryOptions({ queryKey: ['audit-events'], queryFn: ({ signal }) => auditEvents({ signal }) })

export const parkedQuery = () =>
  queryOptions({ queryKey: ['parked'], queryFn: ({ signal }) => parkedEvents({ signal }) })

/** Jobs come and go: they are read again every few seconds. */
const JOBS_ANEW = 5000

export const jobsQuery = () =>
  queryOptions({
    queryKey: ['jobs'],
    queryFn: ({ signal }) => jobs({}, { signal }),
    refetchInterval: JOBS_ANEW,
  })

export const healthQuery = () =>
  queryOptions({ queryKey: ['health'], queryFn: ({ signal }) => systemHealth({ signal }) })

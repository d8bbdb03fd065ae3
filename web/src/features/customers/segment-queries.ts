import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  addSegment,
  changeSegment,
  companySegments,
  personSegments,
  putIntoSegment,
  removeSegment,
  segmentCount,
  takeOutOfSegment,
  whySegment,
} from '@/shared/api/generated/customers'
import type {
  Segment,
  SegmentChange,
  SegmentDraft,
  SegmentMembers,
} from '@/shared/api/generated/model'
import type { CustomerKind } from '@/shared/labels'
import { refreshLists } from '@/shared/lib/long-list'
import { segmentsQuery } from '@/shared/reference'
import { companyKeys, personKeys } from './queries'

const KEY = segmentsQuery().queryKey
/** Members of a new condition are found in a moment; until then it is asked how far it is. */
const SOON = 2_000

/** The segments one sees; read again while members are being found. */
export const segmentsShownQuery = () => ({
  ...segmentsQuery(),
  refetchInterval: ({ state }: { state: { data: Segment[] | undefined } }) =>
    state.data?.some(({ filling }) => filling) ? SOON : (false as const),
})

/** Under the segment's version, and anew once its members are found. */
export const countQuery = ({ id, version, filling }: Segment) =>
  queryOptions({
    queryKey: [...KEY, 'count', id, version, filling === null],
    queryFn: ({ signal }) => segmentCount(id, { signal }),
  })

export const membershipsQuery = (kind: CustomerKind, id: string) =>
  queryOptions({
    queryKey: [...KEY, 'of', kind, id],
    queryFn: ({ signal }) =>
      (kind === 'company' ? companySegments : personSegments)(id, { signal }),
  })

export const whyQuery = (id: string, recordId: string) =>
  queryOptions({
    queryKey: [...KEY, 'why', id, recordId],
    queryFn: ({ signal }) => whySegment(id, { record_id: recordId }, { signal }),
    staleTime: 0,
  })

/** What one does with segments; whatever shows them or their members is read again. */
export function useSegmentChanges() {
  const queries = useQueryClient()
  const again = async () => {
    for (const { lists } of [companyKeys, personKeys]) refreshLists(queries, lists)
    await queries.invalidateQueries({ queryKey: KEY })
  }
  const add = useMutation({
    mutationFn: ({ draft, once }: { draft: SegmentDraft; once: RequestInit }) =>
      addSegment(draft, once),
    onSuccess: again,
  })
  const change = useMutation({
    mutationFn: ({ id, ...told }: SegmentChange & { id: string }) => changeSegment(id, told),
    onSettled: again,
  })
  const remove = useMutation({
    mutationFn: (segment: Segment) => removeSegment(segment.id),
    onSuccess: again,
  })
  const put = useMutation({
    mutationFn: ({ id, ...members }: SegmentMembers & { id: string }) =>
      putIntoSegment(id, members),
    onSuccess: again,
  })
  const takeOut = useMutation({
    mutationFn: ({ id, ...members }: SegmentMembers & { id: string }) =>
      takeOutOfSegment(id, members),
    onSuccess: again,
  })
  return { add, change, remove, put, takeOut }
}

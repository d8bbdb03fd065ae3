export type { ListTasksParams } from '@/shared/api/generated/model'

/** What a task or a note may be about. */
export type RecordKind = 'company' | 'person' | 'deal'

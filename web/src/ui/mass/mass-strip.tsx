import { Button, CloseButton, Progress } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { IconArrowBackUp, IconPlayerStop } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { MassEdit, ViewKind } from '@/shared/api/generated/model'
import { codeText, useProblemText } from '@/shared/i18n/problems'
import { MASS } from './kinds'

type Props = {
  kind: ViewKind
  id: string
  /** Another one goes on: the undoing of this. */
  onNext: (id: string) => void
  onClose: () => void
}

const SOON = 600
const ALL = 100

/** A mass edit as it goes on: how far it is, what became of it; stopped and undone here. */
export function MassStrip({ kind, id, onNext, onClose }: Props) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const problem = useProblemText()
  const { one, stop, undo, key } = MASS[kind]
  const queryKey = ['mass', kind, id]
  const { data: edit, isError } = useQuery({
    queryKey,
    queryFn: ({ signal }) => one(id, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? SOON : false),
  })
  const running = edit?.state === 'running'
  const refused = (error: unknown) => notifications.show({ color: 'red', message: problem(error) })
  const stopping = useMutation({
    mutationFn: () => stop(id),
    onSuccess: (told) => queries.setQueryData(queryKey, told),
    onError: refused,
  })
  const undoing = useMutation({
    mutationFn: () => undo(id),
    onSuccess: (told) => onNext(told.id),
    onError: refused,
  })
  useEffect(() => {
    if (edit && !running) void queries.invalidateQueries({ queryKey: key })
  }, [edit, running, queries, key])
  useEffect(() => {
    if (isError) onClose()
  }, [isError, onClose])
  if (!edit) return null
  return (
    <div className="ms-strip" role="group" aria-label={t`Mass edit`}>
      <div className="ms-told" role="status">
        <Outcome {...edit} />
      </div>
      {running && (
        <Progress
          className="ms-progress"
          value={edit.total === 0 ? ALL : (edit.done / edit.total) * ALL}
          aria-label={t`How far the mass edit is`}
        />
      )}
      {running && (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlayerStop size={14} />}
          loading={stopping.isPending}
          onClick={() => stopping.mutate()}
        >
          {t`Stop`}
        </Button>
      )}
      {edit.undoable && (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconArrowBackUp size={14} />}
          loading={undoing.isPending}
          onClick={() => undoing.mutate()}
        >
          {edit.undoes ? t`Do it again` : t`Undo`}
        </Button>
      )}
      {!running && <CloseButton size={26} iconSize={15} aria-label={t`Close`} onClick={onClose} />}
      <Reasons {...edit} />
    </div>
  )
}

/** How far it is, or what became of it, in a sentence. */
function Outcome({ act, state, undoes, total, done, changed, same, left }: MassEdit) {
  const { t } = useLingui()
  if (state === 'running') {
    if (act === 'delete') return t`Deleting: ${done} of ${total}`
    if (act === 'restore') return t`Bringing back: ${done} of ${total}`
    return undoes ? t`Undoing: ${done} of ${total}` : t`Changing: ${done} of ${total}`
  }
  const words = {
    edit: undoes
      ? plural(changed, { one: '# record is as it was', other: '# records are as they were' })
      : plural(changed, { one: '# record changed', other: '# records changed' }),
    delete: plural(changed, { one: '# record is deleted', other: '# records are deleted' }),
    restore: plural(changed, {
      one: '# record is there again',
      other: '# records are there again',
    }),
  }
  return [
    words[act],
    ...(same > 0 ? [t`so already: ${same}`] : []),
    ...(left > 0 ? [t`left alone: ${left}`] : []),
    ...(state === 'stopped' ? [t`stopped at ${done} of ${total}`] : []),
    ...(state === 'failed' ? [t`it could not go on`] : []),
  ].join(' · ')
}

/** Why records were left alone, or some of their fields, each reason once. */
function Reasons({ why }: MassEdit) {
  const { t, i18n } = useLingui()
  const counted = new Map<string, number>()
  for (const { code } of why) counted.set(code, (counted.get(code) ?? 0) + 1)
  if (counted.size === 0) return null
  const words = (code: string) =>
    code === 'changed-since'
      ? t`Somebody has changed it since: that stays.`
      : (codeText(i18n, code) ?? t`This record does not take it.`)
  return (
    <details className="ms-why">
      <summary>{t`What was left alone, and why`}</summary>
      <ul>
        {[...counted].map(([code, many]) => (
          <li key={code}>
            {many} · {words(code)}
          </li>
        ))}
      </ul>
    </details>
  )
}

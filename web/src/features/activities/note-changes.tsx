import { Button, Group } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { addNote, changeNote, removeNote, restoreNote } from '@/shared/api/generated/activities'
import type { Note, NoteChange, NoteDraft } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import { timelineKeys } from './queries'

const anew = (queries: QueryClient) => queries.invalidateQueries({ queryKey: timelineKeys.all })

export function useAddNote() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (sent: { draft: NoteDraft; once: RequestInit }) => addNote(sent.draft, sent.once),
    onSuccess: () => anew(queries),
  })
}

export function useChangeNote() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (sent: { id: string; change: NoteChange }) => changeNote(sent.id, sent.change),
    onSuccess: () => anew(queries),
  })
}

/** Removes a note; for a while it is offered to bring it back. */
export function useRemoveNote() {
  const { t } = useLingui()
  const queries = useQueryClient()
  const explain = useExplain()
  const refused = (error: unknown) => notifications.show({ color: 'red', message: explain(error) })
  async function bringBack(note: Note) {
    try {
      await restoreNote(note.id, { version: note.version })
      await anew(queries)
    } catch (error) {
      refused(error)
    }
  }
  return useMutation({
    mutationFn: (note: Note) => removeNote(note.id, { version: note.version }),
    onSuccess: (gone) => {
      const id = `note.${gone.id}`
      notifications.show({
        id,
        autoClose: 10_000,
        message: (
          <Group justify="space-between" wrap="nowrap">
            {t`The note is removed.`}
            <Button
              size="compact-sm"
              variant="subtle"
              onClick={() => {
                notifications.hide(id)
                void bringBack(gone)
              }}
            >
              {t`Undo`}
            </Button>
          </Group>
        ),
      })
      return anew(queries)
    },
    onError: refused,
  })
}

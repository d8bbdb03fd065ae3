import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useDraftForm } from '@/shared/lib/form'
import { rowsOf } from '@/shared/lib/list'
import { useMay } from '@/shared/reference'
import { Failure } from '@/ui/failure'
import { Section } from '@/ui/page'
import { RelativeTime } from '@/ui/relative-time'
import { ShowMore } from '@/ui/show-more'
import { ListSkeleton } from '@/ui/skeletons'
import { useAddNote } from './changes'
import type { RecordKind } from './kinds'
import { notesQuery } from './queries'
import './activities.css'

type Props = { kind: RecordKind; id: string }

/** The notes of a record, newest first, and a field to write the next. */
export function RecordNotes({ kind, id }: Props) {
  const { t } = useLingui()
  const mayRead = useMay('activities.note', 'read')
  const mayCreate = useMay('activities.note', 'create')
  const source = useInfiniteQuery({ ...notesQuery(kind, id), enabled: mayRead })
  if (!mayRead) return null
  const notes = rowsOf(source.data)
  return (
    <Section title={t`Notes`}>
      {mayCreate && <NoteField kind={kind} id={id} />}
      {source.error && !source.data ? (
        <Failure error={source.error} onRetry={() => void source.refetch()} />
      ) : source.isPending ? (
        <ListSkeleton rows={2} />
      ) : notes.length === 0 ? (
        <Text size="sm" c="dimmed" mt="xs">{t`No notes yet.`}</Text>
      ) : (
        notes.map((note) => (
          <article key={note.id} className="nt">
            <div className="nt-head">
              <b>{note.author_name ?? t`Another person`}</b>
              <RelativeTime at={note.created_at} />
            </div>
            <p>{note.text}</p>
          </article>
        ))
      )}
      <ShowMore source={source} />
    </Section>
  )
}

function NoteField({ kind, id }: Props) {
  const { t } = useLingui()
  const add = useAddNote()
  const { form, field, once, problem, refuse, restart } = useDraftForm({
    draft: `${kind}.${id}.note`,
    initial: { text: '' },
    validate: () => ({}),
  })
  const { text } = form.values
  function send() {
    if (!text.trim() || add.isPending) return
    add.mutate(
      { draft: { about: { kind, id }, text: text.trim() }, once: once() },
      { onSuccess: restart, onError: (error) => refuse(error) },
    )
  }
  const { value, onChange, error } = field('text')
  return (
    <Stack gap={8} mb="xs">
      <Textarea
        autosize
        minRows={2}
        maxRows={10}
        maxLength={20_000}
        aria-label={t`New note`}
        placeholder={t`What is worth remembering?`}
        value={value}
        error={error ?? problem}
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send()
        }}
      />
      {text.trim() && (
        <Group justify="flex-end">
          <Button size="compact-sm" loading={add.isPending} onClick={send}>
            {t`Add note`}
          </Button>
        </Group>
      )}
    </Stack>
  )
}

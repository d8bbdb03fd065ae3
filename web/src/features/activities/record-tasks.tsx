import { Button, Group, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useExplain } from '@/shared/changes'
import { dropDraft, readDraft, writeDraft } from '@/shared/lib/draft'
import { rowsOf } from '@/shared/lib/list'
import { useMay } from '@/shared/reference'
import { MomentField } from '@/ui/date-field'
import { Failure } from '@/ui/failure'
import { Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { useAddTask } from './changes'
import type { RecordKind } from './kinds'
import { tasksQuery } from './queries'
import { TaskRow } from './task-row'

type Props = { kind: RecordKind; id: string }

/** The tasks of a record, and a line to plan the next. */
export function RecordTasks({ kind, id }: Props) {
  const { t } = useLingui()
  const mayRead = useMay('activities.task', 'read')
  const mayCreate = useMay('activities.task', 'create')
  const source = useInfiniteQuery({
    ...tasksQuery({ about_kind: kind, about_id: id, sort: 'due_at', limit: 50 }),
    enabled: mayRead,
  })
  if (!mayRead) return null
  const tasks = rowsOf(source.data)
  const open = tasks.filter((task) => task.state === 'open')
  const done = tasks.filter((task) => task.state === 'done')
  return (
    <Section title={t`Tasks`}>
      {mayCreate && <QuickTask kind={kind} id={id} />}
      {source.error ? (
        <Failure error={source.error} onRetry={() => void source.refetch()} />
      ) : source.isPending ? (
        <ListSkeleton rows={2} />
      ) : tasks.length === 0 ? (
        <Text size="sm" c="dimmed" mt="xs">{t`Nothing is planned.`}</Text>
      ) : (
        <ul className="tk-list">
          {[...open, ...done].map((task) => (
            <TaskRow key={task.id} task={task} />
          ))}
        </ul>
      )}
      {source.hasNextPage && (
        <Button
          size="compact-sm"
          variant="subtle"
          loading={source.isFetchingNextPage}
          onClick={() => void source.fetchNextPage()}
        >
          {t`Show more`}
        </Button>
      )}
    </Section>
  )
}

type Typed = { title: string; due: string | null }

function QuickTask({ kind, id }: Props) {
  const { t } = useLingui()
  const add = useAddTask()
  const explain = useExplain()
  const draft = `task.quick.${id}`
  const [typed, setTyped] = useState<Typed>(() => ({
    title: '',
    due: null,
    ...readDraft<Typed>(draft),
  }))
  const [key, setKey] = useState<string>(() => crypto.randomUUID())
  const change = (next: Typed) => {
    setTyped(next)
    writeDraft(draft, next)
  }
  function send() {
    const title = typed.title.trim()
    if (!title) return
    const due = typed.due === null ? {} : { due_at: typed.due }
    add.mutate(
      { draft: { title, about: { kind, id }, ...due }, key },
      {
        onSuccess: () => {
          setTyped({ title: '', due: null })
          setKey(crypto.randomUUID())
          dropDraft(draft)
        },
      },
    )
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <Group gap={8} align="flex-start">
        <TextInput
          flex="1 1 180px"
          maxLength={200}
          aria-label={t`New task`}
          placeholder={t`What is to be done next?`}
          value={typed.title}
          error={add.error && explain(add.error)}
          onChange={(event) => change({ ...typed, title: event.currentTarget.value })}
        />
        <div style={{ flex: '0 1 190px' }}>
          <MomentField
            aria-label={t`Due`}
            placeholder={t`Due`}
            value={typed.due}
            onChange={(due) => change({ ...typed, due })}
          />
        </div>
        <Button type="submit" variant="default" loading={add.isPending}>
          {t`Plan`}
        </Button>
      </Group>
    </form>
  )
}

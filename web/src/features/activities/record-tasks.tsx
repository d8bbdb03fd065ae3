import { Button, Group, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useDraftForm } from '@/shared/lib/form'
import { rowsOf } from '@/shared/lib/list'
import { useMay } from '@/shared/reference'
import { MomentField } from '@/ui/date-field'
import { Failure } from '@/ui/failure'
import { Section } from '@/ui/page'
import { ShowMore } from '@/ui/show-more'
import { ListSkeleton } from '@/ui/skeletons'
import { useAddTask } from './changes'
import type { RecordKind } from './kinds'
import { recordTasksQuery } from './queries'
import { TaskRow } from './task-row'

type Props = { kind: RecordKind; id: string }

/** The tasks of a record, and a line to plan the next. */
export function RecordTasks({ kind, id }: Props) {
  const { t } = useLingui()
  const mayRead = useMay('activities.task', 'read')
  const mayCreate = useMay('activities.task', 'create')
  const source = useInfiniteQuery({ ...recordTasksQuery(kind, id), enabled: mayRead })
  if (!mayRead) return null
  const tasks = rowsOf(source.data)
  const open = tasks.filter((task) => task.state === 'open')
  const done = tasks.filter((task) => task.state === 'done')
  return (
    <Section title={t`Tasks`} label={t`Tasks`}>
      {mayCreate && <QuickTask kind={kind} id={id} />}
      {source.error && !source.data ? (
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
      <ShowMore source={source} />
    </Section>
  )
}

function QuickTask({ kind, id }: Props) {
  const { t } = useLingui()
  const add = useAddTask()
  const { form, field, once, problem, refuse, restart } = useDraftForm({
    draft: `${kind}.${id}.task`,
    initial: { title: '', due_at: null as string | null },
    validate: () => ({}),
  })
  const { values } = form
  function send() {
    const title = values.title.trim()
    if (!title || add.isPending) return
    const due = values.due_at === null ? {} : { due_at: values.due_at }
    add.mutate(
      { draft: { title, about: { kind, id }, ...due }, once: once() },
      { onSuccess: restart, onError: (error) => refuse(error) },
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
          {...form.getInputProps('title')}
          error={form.errors['title'] ?? problem}
        />
        <Group gap={8} align="flex-start" wrap="nowrap">
          <div style={{ width: 190 }}>
            <MomentField aria-label={t`Due`} placeholder={t`Due`} {...field('due_at')} />
          </div>
          <Button type="submit" variant="default" flex="none" loading={add.isPending}>
            {t`Plan`}
          </Button>
        </Group>
      </Group>
    </form>
  )
}

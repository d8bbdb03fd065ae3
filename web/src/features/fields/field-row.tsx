import { ActionIcon, Group, Text } from '@mantine/core'
import { Plural, useLingui } from '@lingui/react/macro'
import {
  IconArchive,
  IconArchiveOff,
  IconArrowUp,
  IconDownload,
  IconPencil,
  IconPlayerStop,
  IconTransform,
} from '@tabler/icons-react'
import { notifications } from '@mantine/notifications'
import type { CustomField } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import { saveFile } from '@/shared/lib/save-file'
import { isToldForMany, type CustomKind } from '@/shared/custom-fields'
import { usePipelines } from '@/shared/reference'
import { Tag } from '@/ui/tag'
import { leftBehind, useChangeField, useStopBecoming } from './changes'
import { shapeOf, SHAPES, TYPES } from './types'

export type Opened = { field?: CustomField }

type RowProps = {
  field: CustomField
  above?: CustomField | undefined
  onOpen: (opened: Opened) => void
  /** Absent where the type stays. */
  onRetype?: (field: CustomField) => void
}

/** A field as the page of fields has it. */
export function FieldRow({ field, above, onOpen, onRetype }: RowProps) {
  const { t, i18n } = useLingui()
  const explain = useExplain()
  const change = useChangeField(field.of as CustomKind)
  const stop = useStopBecoming(field.of as CustomKind)
  const pipelines = usePipelines()
  const { name } = field
  const send = (id: string, values: Parameters<typeof change.mutate>[0]['values']) =>
    change.mutateAsync({ id, values }).catch((error: unknown) =>
      notifications.show({
        color: 'red',
        title: t`The field was not changed`,
        message: explain(error),
      }),
    )
  const save = async () => {
    try {
      saveFile(`${field.key}.csv`, await leftBehind(field), 'text/csv')
    } catch (error) {
      notifications.show({ color: 'red', message: explain(error) })
    }
  }
  const becomes = field.becoming && i18n._(TYPES[field.becoming.type])
  const rise = async () => {
    if (!above) return
    await send(field.id, { version: field.version, position: above.position })
    await send(above.id, { version: above.version, position: field.position })
  }
  return (
    <li className="cf-row">
      <div className="cf-text">
        <Text component="span" size="md" fw={560}>
          {name}
        </Text>
        <Text component="div" size="sm" c="dimmed">
          {i18n._(SHAPES[shapeOf(field)])} <span aria-hidden="true">·</span>{' '}
          <code>{field.key}</code>
        </Text>
      </div>
      <Group gap={6} className="cf-tags">
        {field.computing && (
          <Tag tone="amber">
            <Plural
              value={field.computing.done}
              one="# record worked out"
              other="# records worked out"
            />
          </Tag>
        )}
        {field.becoming && (
          <Tag tone="amber">
            {field.becoming.stopping ? (
              t`Keeps its type`
            ) : (
              <>
                {t`Becomes: ${becomes}`} <span aria-hidden="true">·</span>{' '}
                <Plural value={field.becoming.done} one="# record" other="# records" />
              </>
            )}
          </Tag>
        )}
        {field.unique && <Tag tone="violet">{t`Unique`}</Tag>}
        {field.required && <Tag tone="amber">{t`Required`}</Tag>}
        {field.indexed && <Tag tone="blue">{t`Indexed`}</Tag>}
        {pipelines
          .filter(({ id }) => field.pipeline_ids.includes(id))
          .map(({ id, name }) => (
            <Tag key={id} tone="neutral">
              {name}
            </Tag>
          ))}
      </Group>
      <div className="cf-acts">
        {above && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t`Move up: ${name}`}
            title={t`Move up: ${name}`}
            loading={change.isPending}
            onClick={() => void rise()}
          >
            <IconArrowUp size={16} />
          </ActionIcon>
        )}
        {field.came_of && !field.archived && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t`Download what did not fit: ${name}`}
            title={t`Download what did not fit: ${name}`}
            onClick={() => void save()}
          >
            <IconDownload size={16} />
          </ActionIcon>
        )}
        {field.becoming && !field.becoming.stopping && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t`Stop the change of the type: ${name}`}
            title={t`Stop the change of the type: ${name}`}
            loading={stop.isPending}
            onClick={() =>
              stop.mutate(field.id, {
                onError: (error) =>
                  notifications.show({
                    color: 'red',
                    title: t`The field was not changed`,
                    message: explain(error),
                  }),
              })
            }
          >
            <IconPlayerStop size={16} />
          </ActionIcon>
        )}
        {onRetype && isToldForMany(field) && !field.becoming && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t`Change the type: ${name}`}
            title={t`Change the type: ${name}`}
            onClick={() => onRetype(field)}
          >
            <IconTransform size={16} />
          </ActionIcon>
        )}
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t`Change: ${name}`}
          title={t`Change: ${name}`}
          onClick={() => onOpen({ field })}
        >
          <IconPencil size={16} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={field.archived ? t`Use again: ${name}` : t`Put away: ${name}`}
          title={field.archived ? t`Use again: ${name}` : t`Put away: ${name}`}
          onClick={() => void send(field.id, { version: field.version, archived: !field.archived })}
        >
          {field.archived ? <IconArchiveOff size={16} /> : <IconArchive size={16} />}
        </ActionIcon>
      </div>
    </li>
  )
}

import './fields.css'
import { ActionIcon, Button, Group, SegmentedControl, Text } from '@mantine/core'
import { Plural, useLingui } from '@lingui/react/macro'
import {
  IconArchive,
  IconArchiveOff,
  IconArrowUp,
  IconForms,
  IconPencil,
  IconPlus,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { notifications } from '@mantine/notifications'
import type { CustomField } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import { CUSTOM_KINDS, customFieldsQuery, type CustomKind } from '@/shared/custom-fields'
import { mayAny, useMe, usePipelines } from '@/shared/reference'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { Page, Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { Tag } from '@/ui/tag'
import { useKey } from '@/ui/use-key'
import { useChangeField } from './changes'
import { FieldDialog } from './field-dialog'
import { EDITS, shapeOf, SHAPES } from './types'

/** How often it is looked how far a formula is. */
const WHILE = 2000

type Opened = { field?: CustomField }

/** The fields that were added to the records of each kind. */
export function FieldsPage() {
  const { t } = useLingui()
  const me = useMe()
  const NAMES: Record<CustomKind, string> = {
    deal: t`Deals`,
    company: t`Companies`,
    person: t`People`,
  }
  const kinds = CUSTOM_KINDS.filter((one) => mayAny(me, [EDITS[one]]))
  const [kind, setKind] = useState<CustomKind>(kinds[0] ?? 'deal')
  const {
    data: fields,
    error,
    refetch,
  } = useQuery({
    ...customFieldsQuery(kind),
    refetchInterval: ({ state }) => state.data?.some(({ computing }) => computing) && WHILE,
  })
  const [opened, setOpened] = useState<Opened>()
  useKey('n', () => setOpened({}))
  const button = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setOpened({})}>
      {t`New field`}
    </Button>
  )
  const used = fields?.filter((field) => !field.archived) ?? []
  const away = fields?.filter((field) => field.archived) ?? []
  return (
    <Page
      title={t`Fields`}
      hint={fields && <Plural value={used.length} one="# field" other="# fields" />}
      actions={button}
    >
      {kinds.length > 1 && (
        <SegmentedControl
          aria-label={t`Records`}
          value={kind}
          onChange={(chosen) => setKind(chosen as CustomKind)}
          data={kinds.map((one) => ({ value: one, label: NAMES[one] }))}
          style={{ alignSelf: 'start' }}
        />
      )}
      {error && !fields ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <>
          <Section title={NAMES[kind]}>
            {!fields ? (
              <ListSkeleton />
            ) : used.length === 0 ? (
              <EmptyState
                icon={IconForms}
                title={t`No fields of your own yet`}
                text={t`Add what your company wants to know of every record: it is then asked for, shown, filtered by and kept in the history.`}
                action={button}
              />
            ) : (
              <ul className="cf">
                {used.map((field, place) => (
                  <FieldRow
                    key={field.id}
                    field={field}
                    above={used[place - 1]}
                    onOpen={setOpened}
                  />
                ))}
              </ul>
            )}
          </Section>
          {away.length > 0 && (
            <Section title={t`Put away`}>
              <ul className="cf">
                {away.map((field) => (
                  <FieldRow key={field.id} field={field} onOpen={setOpened} />
                ))}
              </ul>
            </Section>
          )}
        </>
      )}
      {opened && <FieldDialog kind={kind} {...opened} onClose={() => setOpened(undefined)} />}
    </Page>
  )
}

type RowProps = {
  field: CustomField
  above?: CustomField | undefined
  onOpen: (opened: Opened) => void
}

function FieldRow({ field, above, onOpen }: RowProps) {
  const { t, i18n } = useLingui()
  const explain = useExplain()
  const change = useChangeField(field.of as CustomKind)
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

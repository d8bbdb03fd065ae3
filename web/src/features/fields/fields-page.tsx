import './fields.css'
import { Button, SegmentedControl } from '@mantine/core'
import { Plural, useLingui } from '@lingui/react/macro'
import { IconForms, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import type { CustomField } from '@/shared/api/generated/model'
import { CUSTOM_KINDS, customFieldsQuery, type CustomKind } from '@/shared/custom-fields'
import { mayAny, useMe } from '@/shared/reference'
import { EmptyState } from '@/ui/empty-state'
import { Failure } from '@/ui/failure'
import { Page, Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { useKey } from '@/ui/use-key'
import { FieldDialog } from './field-dialog'
import { FieldRow, type Opened } from './field-row'
import { EDITS } from './types'

const RetypeDialog = lazy(() =>
  import('./retype-dialog').then(({ RetypeDialog }) => ({ default: RetypeDialog })),
)

/** How often it is looked how far a formula, or another type, is. */
const WHILE = 2000

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
    refetchInterval: ({ state }) =>
      state.data?.some(({ computing, becoming }) => computing ?? becoming) && WHILE,
  })
  const [opened, setOpened] = useState<Opened>()
  const [retyped, setRetyped] = useState<CustomField>()
  useKey('n', () => setOpened({}))
  const button = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setOpened({})}>
      {t`New field`}
    </Button>
  )
  const used = fields?.filter((field) => !field.archived) ?? []
  const prepared = new Set(fields?.map(({ becoming }) => becoming?.into))
  const away = fields?.filter(({ id, archived }) => archived && !prepared.has(id)) ?? []
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
                    onRetype={setRetyped}
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
      {retyped && (
        <Suspense>
          <RetypeDialog kind={kind} field={retyped} onClose={() => setRetyped(undefined)} />
        </Suspense>
      )}
    </Page>
  )
}

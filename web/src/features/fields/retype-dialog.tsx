import { Alert, Button, Group, Loader, Modal, Select, Stack, Table, Text } from '@mantine/core'
import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { IconArrowRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type {
  BecomingExample,
  BecomingSeen,
  CustomField,
  CustomType,
  FieldUse,
  UseKind,
} from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import type { CustomKind } from '@/shared/custom-fields'
import { Failure } from '@/ui/failure'
import { seeBecome, useBecome } from './changes'
import { TYPES } from './types'

type Props = { kind: CustomKind; field: CustomField; onClose: () => void }

const WAYS = (Object.keys(TYPES) as CustomType[]).filter(
  (type) => type !== 'link' && type !== 'file' && type !== 'sealed',
)
const CURRENCIES = ['RUB', 'USD', 'EUR', 'KZT', 'BYN', 'CNY']

const USES: Record<UseKind, MessageDescriptor> = {
  formula: msg`Formula`,
  roll_up: msg`Roll-up of linked records`,
  role: msg`Role`,
  rule: msg`Rule`,
  segment: msg`Segment`,
  view: msg`View`,
  stage: msg`Stage`,
}

/** Another type for a field that has values: first what would become of them. */
export function RetypeDialog({ kind, field, onClose }: Props) {
  const { t, i18n } = useLingui()
  const { name } = field
  const explain = useExplain()
  const become = useBecome(kind)
  const [type, setType] = useState<CustomType | null>(null)
  const [currency, setCurrency] = useState('RUB')
  const locale = i18n.locale === 'ru' ? ('ru' as const) : ('en' as const)
  const draft = type && { version: field.version, type, currency, locale }
  const seen = useQuery({
    queryKey: ['field-becoming', field.id, draft],
    queryFn: ({ signal }) => seeBecome[kind](field.id, draft!, { signal }),
    enabled: draft !== null,
    staleTime: 0,
    gcTime: 0,
  })
  async function send() {
    if (!draft) return
    try {
      await become.mutateAsync({ id: field.id, values: draft })
      onClose()
    } catch {
      // it is told above the button
    }
  }
  const asksCurrency = type === 'money' || (field.type === 'money' && type === 'number')
  return (
    <Modal opened onClose={onClose} title={t`Change the type of “${name}”`} size="lg">
      <Stack>
        <Group grow align="flex-start" preventGrowOverflow={false}>
          <Select
            data-autofocus
            label={t`New type`}
            description={i18n._(TYPES[field.type])}
            placeholder={t`Choose`}
            allowDeselect={false}
            data={WAYS.filter((one) => one !== field.type).map((one) => ({
              value: one,
              label: i18n._(TYPES[one]),
            }))}
            value={type}
            onChange={(chosen) => setType(chosen as CustomType)}
          />
          {asksCurrency && (
            <Select
              label={t`Currency`}
              description={
                type === 'money' ? t`Of numbers that say none` : t`Sums in others are not taken`
              }
              allowDeselect={false}
              data={CURRENCIES}
              value={currency}
              onChange={(chosen) => setCurrency(chosen ?? 'RUB')}
            />
          )}
        </Group>
        {seen.error ? (
          <Failure error={seen.error} onRetry={() => void seen.refetch()} />
        ) : seen.data ? (
          <Seen seen={seen.data} />
        ) : (
          type && <Loader size="sm" aria-label={t`Looking at the values`} />
        )}
        {become.error && <Alert color="red">{explain(become.error)}</Alert>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t`Cancel`}
          </Button>
          <Button
            disabled={!draft || !seen.data || seen.data.blocked.length > 0}
            loading={become.isPending}
            onClick={() => void send()}
          >
            {t`Change the type`}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function Seen({ seen }: { seen: BecomingSeen }) {
  const { t } = useLingui()
  const { kept, lost, shorter, unseen } = seen
  return (
    <Stack gap="sm" aria-live="polite">
      {seen.blocked.length > 0 && (
        <Alert color="red" title={t`These ask of the field as it is. Change them first:`}>
          <Uses uses={seen.blocked} />
        </Alert>
      )}
      <div>
        <Text>
          <Plural
            value={kept}
            _0="No record has a value afterwards."
            one="# record has a value afterwards."
            other="# records have a value afterwards."
          />
        </Text>
        {shorter > 0 && (
          <Text c="dimmed" size="sm">
            <Plural
              value={shorter}
              one="In # of them it says less: the hour is left out."
              other="In # of them it says less: the hour is left out."
            />
          </Text>
        )}
        {lost > 0 && (
          <Text c="var(--g-danger)" fw={560}>
            <Plural
              value={lost}
              one="The value of # record does not fit."
              other="The values of # records do not fit."
            />
          </Text>
        )}
        {unseen > 0 && (
          <Text c="dimmed" size="sm">
            <Plural
              value={unseen}
              one="# more record was not looked at."
              other="# more records were not looked at."
            />
          </Text>
        )}
      </div>
      {seen.losses.length > 0 && <Examples title={t`What does not fit`} rows={seen.losses} />}
      {seen.examples.length > 0 && <Examples title={t`What becomes of it`} rows={seen.examples} />}
      {seen.options.length > 0 && (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          <Plural value={seen.options.length} one="# option:" other="# options:" />{' '}
          {seen.options.map(({ name }) => name).join(', ')}
        </Text>
      )}
      {seen.carried.length > 0 && (
        <div>
          <Text size="sm">{t`These go on with the new type:`}</Text>
          <Uses uses={seen.carried} />
        </div>
      )}
      {seen.left.length > 0 && (
        <div>
          <Text size="sm">{t`These go on asking for the values as they were:`}</Text>
          <Uses uses={seen.left} />
        </div>
      )}
      <Text size="sm" c="dimmed">
        <Trans>
          The field as it is, with everything that was typed, is put away and can be used again.
        </Trans>
      </Text>
    </Stack>
  )
}

function Uses({ uses }: { uses: FieldUse[] }) {
  const { t, i18n } = useLingui()
  return (
    <ul style={{ margin: 0, paddingInlineStart: 18, fontSize: 'var(--mantine-font-size-sm)' }}>
      {uses.map(({ kind, name }) => (
        <li key={`${kind} ${name}`}>
          {i18n._(USES[kind])}: {name || t`somebody's own`}
        </li>
      ))}
    </ul>
  )
}

function Examples({ title, rows }: { title: string; rows: BecomingExample[] }) {
  const { t, i18n } = useLingui()
  return (
    <Table captionSide="top" layout="fixed" fz="sm">
      <Table.Caption ta="start">{title}</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t`Now`}</Table.Th>
          <Table.Th>{t`Afterwards`}</Table.Th>
          <Table.Th w={90} ta="end">{t`Records`}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={row.before}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{row.before}</Table.Td>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>
              {row.after === null ? (
                <Text span c="var(--g-danger)" size="sm">{t`nothing`}</Text>
              ) : (
                <>
                  <IconArrowRight size={12} aria-hidden /> {row.after}
                </>
              )}
            </Table.Td>
            <Table.Td ta="end">{i18n.number(row.records)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

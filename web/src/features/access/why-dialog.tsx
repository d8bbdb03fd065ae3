import { Modal, Select, Stack, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconCheck, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Because, RoleName, Verdict } from '@/shared/api/generated/model'
import { useConditionWords } from '@/shared/condition-words'
import { useColleagues } from '@/shared/reference'
import { byOperation, useRightWords } from '@/shared/rights-words'
import { roleName } from '@/shared/role-name'
import { Failure } from '@/ui/failure'
import { ListSkeleton } from '@/ui/skeletons'
import { useFocusBack } from '@/ui/use-focus-back'
import { OBJECT_OF, whyQuery, type SharedKind } from './kinds'
import './access.css'

type Props = { kind: SharedKind; id: string; onClose: () => void }

/** Says of a colleague, right by right, why they may do something with a record, or may not. */
export function WhyDialog({ kind, id, onClose }: Props) {
  const { t } = useLingui()
  useFocusBack()
  const colleagues = useColleagues()
  const [userId, setUserId] = useState('')
  const { data: why, error, refetch } = useQuery(whyQuery(kind, id, userId))
  const roles = colleagues.find((user) => user.id === userId)?.roles ?? []
  return (
    <Modal opened onClose={onClose} title={t`Who may do what here?`} size="lg">
      <Stack gap="sm">
        <Select
          data-autofocus
          label={t`Colleague`}
          placeholder={t`Choose somebody`}
          searchable
          data={colleagues.map((user) => ({ value: user.id, label: user.name }))}
          value={userId || null}
          onChange={(chosen) => setUserId(chosen ?? '')}
        />
        {userId && error && !why && <Failure error={error} onRetry={() => void refetch()} />}
        {userId && !error && !why && <ListSkeleton rows={5} />}
        {why && !why.active && (
          <Text size="sm">{t`They are switched off: they may do nothing, whatever their roles grant.`}</Text>
        )}
        {why && (
          <ul className="ac-list">
            {why.operations
              .toSorted((one, other) => byOperation(one.operation, other.operation))
              .map((verdict) => (
                <Told
                  key={verdict.operation}
                  verdict={verdict}
                  object={OBJECT_OF[kind]}
                  roles={roles}
                />
              ))}
          </ul>
        )}
      </Stack>
    </Modal>
  )
}

type ToldProps = { verdict: Verdict; object: string; roles: readonly RoleName[] }

function Told({ verdict, object, roles }: ToldProps) {
  const { t } = useLingui()
  const words = useRightWords()
  const reason = useReason(roles)
  const { operation, allowed, because, without } = verdict
  const what = words.operation(operation)
  const fields = without.map((field) => words.field(field, object)).join(', ')
  const holding = because.filter((one) => one.holds === allowed)
  return (
    <li data-allowed={allowed} data-operation={operation}>
      {allowed ? (
        <IconCheck size={18} className="ac-yes" aria-hidden="true" />
      ) : (
        <IconX size={18} className="ac-no" aria-hidden="true" />
      )}
      <div>
        <Text size="sm" fw={540}>
          {allowed ? t`May: ${what}` : t`May not: ${what}`}
        </Text>
        {because.length === 0 && (
          <Text size="sm" c="dimmed">{t`No role of theirs has this right.`}</Text>
        )}
        {holding.map((one, at) => (
          // oxlint-disable-next-line react/no-array-index-key -- grants have no names of their own
          <Text key={`${one.role_id}-${at}`} size="sm" c="dimmed">
            {reason(one)}
          </Text>
        ))}
        {allowed && fields && <Text size="sm">{t`Without the fields: ${fields}`}</Text>}
      </div>
    </li>
  )
}

/** One grant in a sentence: whose, and how it comes to the record or why it does not. */
function useReason(roles: readonly RoleName[]): (one: Because) => string {
  const { t, i18n } = useLingui()
  const words = useRightWords()
  const condition = useConditionWords()
  return (one) => {
    const named = roles.find(({ id }) => id === one.role_id)
    const role = named ? roleName(i18n, named) : one.role
    const reach = words.reach(one.reach)
    const where = one.condition ? condition(one.condition) : ''
    if (one.via !== null && one.condition_holds === false) {
      return t`The role “${role}” grants it only where: ${where}. That is not so here.`
    }
    const via = {
      all: t`The role “${role}” grants it over all records.`,
      own: t`The role “${role}” grants it over their own records, and this one is theirs.`,
      team: t`The role “${role}” grants it over the records of their team, and this is one of them.`,
      tree: t`The role “${role}” grants it over the records of their teams and those below, and this is one of them.`,
      share: t`The record is shared with them, and the role “${role}” has this right.`,
    }
    if (one.via === null)
      return t`The role “${role}” grants it as far as “${reach}”; this record is outside.`
    return where ? `${via[one.via]} ${t`Its condition holds: ${where}.`}` : via[one.via]
  }
}

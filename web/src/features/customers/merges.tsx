import { Button, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { partCompanies, partPeople } from '@/shared/api/generated/customers'
import type { Merge } from '@/shared/api/generated/model'
import { fieldName } from '@/shared/i18n/fields'
import { useProblemText } from '@/shared/i18n/problems'
import type { CustomerKind } from '@/shared/labels'
import { useMay } from '@/shared/reference'
import { Confirm } from '@/ui/confirm'
import { Section } from '@/ui/page'
import { RelativeTime } from '@/ui/relative-time'
import { Clues } from './clues'
import { forgetRecords, mergesQuery, suspectsOfQuery } from './duplicate-queries'
import './duplicates.css'

type Props = { kind: CustomerKind; id: string }

/** What may be the same record, and what became a part of it; nothing where there is neither. */
export function RecordDuplicates({ kind, id }: Props) {
  const { t } = useLingui()
  const suspects = useQuery(suspectsOfQuery(kind, id)).data ?? []
  const merges = useQuery(mergesQuery(kind, id)).data ?? []
  const mayMerge = useMay(kind === 'company' ? 'customers.company' : 'customers.person', 'merge')
  if (suspects.length === 0 && merges.length === 0) return null
  return (
    <Section title={t`Duplicates`}>
      <ul className="dup-list">
        {suspects.map((one) => (
          <li key={one.id ?? 'unseen'}>
            {one.id === null ? (
              <span>{t`A record of a colleague: ${one.owner_name ?? '—'}`}</span>
            ) : (
              <>
                <Link
                  to={kind === 'company' ? '/companies/$id' : '/people/$id'}
                  params={{ id: one.id }}
                  className="g-link"
                >
                  {one.name}
                </Link>
                {mayMerge && (
                  <Button
                    component={Link}
                    to={`/merge?of=${kind}&one=${id}&other=${one.id}`}
                    size="compact-xs"
                    variant="default"
                  >{t`Compare`}</Button>
                )}
              </>
            )}
            <Clues clues={one.clues} />
          </li>
        ))}
        {merges.map((merge) => (
          <Merged key={merge.id} kind={kind} merge={merge} mayPart={mayMerge} />
        ))}
      </ul>
    </Section>
  )
}

type MergedProps = { kind: CustomerKind; merge: Merge; mayPart: boolean }

/** A record that is a part of this one, and the way to part them again. */
function Merged({ kind, merge, mayPart }: MergedProps) {
  const { t, i18n } = useLingui()
  const queries = useQueryClient()
  const problemText = useProblemText()
  const [asked, setAsked] = useState(false)
  const { name, stayed } = merge
  const part = useMutation({
    mutationFn: () => (kind === 'company' ? partCompanies : partPeople)(merge.id),
    onSuccess: () => {
      setAsked(false)
      forgetRecords(queries)
      notifications.show({ message: t`“${name}” is a record of its own again` })
    },
    onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
  })
  const changed = merge.changed.map(({ field }) => fieldName(i18n, field, kind)).join(', ')
  return (
    <li>
      <span>{name}</span>
      <Text span size="xs" c="dimmed">
        {t`merged`} <RelativeTime at={merge.at} />
        {merge.by_name && ` · ${merge.by_name}`}
      </Text>
      {mayPart && (
        <Button size="compact-xs" variant="default" onClick={() => setAsked(true)}>
          {t`Part again`}
        </Button>
      )}
      <Confirm
        opened={asked}
        title={t`Part “${name}” again?`}
        verb={t`Part`}
        busy={part.isPending}
        onConfirm={() => part.mutate()}
        onClose={() => setAsked(false)}
      >
        {t`Both records become what they were, with their deals, tasks and notes.`}{' '}
        {changed && t`Changed since the merge, and left as it is: ${changed}.`}{' '}
        {stayed > 0 && t`Records that name another company by now, and stay there: ${stayed}.`}
      </Confirm>
    </li>
  )
}

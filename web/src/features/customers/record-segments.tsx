import './segments.css'
import { ActionIcon, Button, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import type { Membership } from '@/shared/api/generated/model'
import { inSegment } from '@/shared/conditions'
import { useProblemText } from '@/shared/i18n/problems'
import type { CustomerKind } from '@/shared/labels'
import { segmentsQuery, useMay } from '@/shared/reference'
import { Section } from '@/ui/page'
import { membershipsQuery, useSegmentChanges } from './segment-queries'

const SegmentWhyDialog = lazy(() =>
  import('./segment-why').then((part) => ({ default: part.SegmentWhyDialog })),
)

type Props = { kind: CustomerKind; id: string; name: string }

/** The segments a company or a person is in, and why. */
export function RecordSegments(props: Props) {
  return useMay('customers.segment', 'read') ? <Memberships {...props} /> : null
}

function Memberships({ kind, id, name }: Props) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const { takeOut } = useSegmentChanges()
  const [asked, setAsked] = useState<Membership>()
  const { data: of = [] } = useQuery(membershipsQuery(kind, id))
  const { data: every = [] } = useQuery(segmentsQuery())
  const byHand = every.filter(
    (one) =>
      one.kind === kind &&
      one.how === 'static' &&
      one.editable &&
      !of.some(({ segment_id }) => segment_id === one.id),
  )
  if (of.length === 0 && byHand.length === 0) return null
  return (
    <Section title={t`Segments`} actions={byHand.length > 0 && <PutIn id={id} choices={byHand} />}>
      <ul className="sg-of">
        {of.map((one) => {
          const segment = one.name
          return (
            <li key={one.segment_id}>
              <Link
                to={kind === 'company' ? '/companies' : '/people'}
                search={{ filter: inSegment(one.segment_id) }}
                className="g-link"
              >
                {segment}
              </Link>
              <Button
                size="compact-xs"
                variant="default"
                aria-haspopup="dialog"
                aria-label={t`Why is it in “${segment}”?`}
                onClick={() => setAsked(one)}
              >
                {t({ message: 'Why?', context: 'segment' })}
              </Button>
              {one.removable && (
                <ActionIcon
                  size="sm"
                  variant="subtle"
                  color="gray"
                  aria-label={t`Take out of “${segment}”`}
                  onClick={() =>
                    takeOut.mutate(
                      { id: one.segment_id, of: { ids: [id] } },
                      {
                        onError: (error) =>
                          notifications.show({ color: 'red', message: problemText(error) }),
                      },
                    )
                  }
                >
                  <IconX size={14} />
                </ActionIcon>
              )}
            </li>
          )
        })}
      </ul>
      {asked && (
        <Suspense>
          <SegmentWhyDialog
            kind={kind}
            of={{ id, name }}
            segment={{ id: asked.segment_id, name: asked.name }}
            onClose={() => setAsked(undefined)}
          />
        </Suspense>
      )}
    </Section>
  )
}

type PutInProps = { id: string; choices: readonly { id: string; name: string }[] }

function PutIn({ id, choices }: PutInProps) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const { put } = useSegmentChanges()
  return (
    <Menu>
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} />}
          loading={put.isPending}
        >
          {t`Put into…`}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
        {choices.map((one) => (
          <Menu.Item
            key={one.id}
            onClick={() =>
              put.mutate(
                { id: one.id, of: { ids: [id] } },
                {
                  onError: (error) =>
                    notifications.show({ color: 'red', message: problemText(error) }),
                },
              )
            }
          >
            {one.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

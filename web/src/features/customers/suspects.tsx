import { Alert, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useLingui } from '@lingui/react/macro'
import { IconCopy } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Suspect } from '@/shared/api/generated/model'
import { Clues } from './clues'
import { suspectsQuery, type Looks } from './duplicate-queries'
import type { CustomerKind } from '@/shared/labels'
import './duplicates.css'

const PAUSE = 400

type Props = { kind: CustomerKind; looks: Looks }

/** Who is there already that may be meant by what is typed so far. */
export function Suspects({ kind, looks }: Props) {
  const { t } = useLingui()
  const [settled] = useDebouncedValue(looks, PAUSE)
  const { data } = useQuery(suspectsQuery(kind, settled))
  return (
    <div aria-live="polite">
      {data && data.length > 0 && (
        <Alert
          variant="default"
          p="sm"
          icon={<IconCopy color="var(--g-amber)" aria-hidden="true" />}
          title={t`This may be there already`}
        >
          <ul className="dup-list">
            {data.map((one) => (
              <li key={one.id ?? 'unseen'}>
                <Known kind={kind} suspect={one} />
                <Clues clues={one.clues} />
              </li>
            ))}
          </ul>
        </Alert>
      )}
    </div>
  )
}

/** A record by its name; one that is not mine to see by whose it is. */
function Known({ kind, suspect }: { kind: CustomerKind; suspect: Suspect }) {
  const { t } = useLingui()
  const owner = suspect.owner_name
  if (suspect.id === null) {
    return <span>{owner ? t`Already known: ${owner} looks after it` : t`Already known`}</span>
  }
  return (
    <>
      <Link
        to={kind === 'company' ? '/companies/$id' : '/people/$id'}
        params={{ id: suspect.id }}
        className="g-link"
      >
        {suspect.name}
      </Link>
      <Text span size="xs" c="dimmed">
        {[suspect.city, owner, suspect.deleted_at && t`was deleted, can be brought back`]
          .filter(Boolean)
          .join(' · ')}
      </Text>
    </>
  )
}

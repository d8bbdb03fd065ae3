import { Anchor, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { FileImport, UndoConflict } from '@/shared/api/generated/model'
import { fieldName } from '@/shared/i18n/fields'
import { rowsOf } from '@/shared/lib/list'
import { ShowMore } from '@/ui/show-more'
import { ListSkeleton } from '@/ui/skeletons'
import { conflictsQuery } from './queries'
import { conflictText } from './words'

const PLACES = {
  company: '/companies/$id',
  person: '/people/$id',
  deal: '/deals/$id',
} as const

/** Records that were left as they are when an import was taken back, and why. */
export function Conflicts({ told }: { told: FileImport }) {
  const { t } = useLingui()
  const source = useInfiniteQuery(conflictsQuery(told.id, told.undo?.conflicts ?? 0))
  if (source.isPending) return <ListSkeleton rows={3} height={48} />
  return (
    <>
      <ul className="im-refused" aria-label={t`Left as they are`}>
        {rowsOf(source.data).map((one) => (
          <Conflict key={one.record_id} one={one} />
        ))}
      </ul>
      <ShowMore source={source} />
    </>
  )
}

function Conflict({ one }: { one: UndoConflict }) {
  const { t, i18n } = useLingui()
  const fields =
    one.code === 'changed-since'
      ? one.fields.map((field) => fieldName(i18n, field, one.kind)).join(', ')
      : ''
  return (
    <li>
      <div className="im-why">
        {one.name === null ? (
          <Text size="sm" c="dimmed">
            {t`A record that is no more, or not yours to see`}
          </Text>
        ) : (
          <Anchor
            size="sm"
            fw={540}
            renderRoot={(props) => (
              <Link {...props} to={PLACES[one.kind]} params={{ id: one.record_id }} />
            )}
          >
            {one.name}
          </Anchor>
        )}
        <Text size="sm" c="dimmed">
          {conflictText(i18n, one)}
          {fields && `: ${fields}`}
        </Text>
      </div>
    </li>
  )
}

import { Button, Group } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconTrash } from '@tabler/icons-react'
import type { Meeting, MeetingState, Scope } from '@/shared/api/generated/model'
import { useMay } from '@/shared/reference'
import { useDeleteMeeting } from './calendar-queries'

type Props = {
  meeting: Meeting
  /** What of a series is meant. */
  which: { scope?: Scope; occurrence?: string }
  onState: (state: MeetingState) => void
  onDeleted: () => void
  onRefused: (error: unknown) => void
}

/** What becomes of a meeting: it took place, is called off, or deleted. */
export function MeetingVerbs({ meeting, which, onState, onDeleted, onRefused }: Props) {
  const { t } = useLingui()
  const remove = useDeleteMeeting()
  const mayDelete = useMay('activities.meeting', 'delete')
  const { id, version, state } = meeting
  return (
    <Group gap={8}>
      {state === 'planned' ? (
        <Button variant="light" onClick={() => onState('done')}>{t`It took place`}</Button>
      ) : (
        <Button variant="light" onClick={() => onState('planned')}>
          {t`Plan it again`}
        </Button>
      )}
      {state !== 'cancelled' && (
        <Button variant="subtle" color="red" onClick={() => onState('cancelled')}>
          {t`Call it off`}
        </Button>
      )}
      {mayDelete && (
        <Button
          variant="subtle"
          color="red"
          leftSection={<IconTrash size={16} />}
          loading={remove.isPending}
          onClick={() =>
            remove.mutate(
              { id, seen: { version, ...which } },
              { onSuccess: onDeleted, onError: onRefused },
            )
          }
        >
          {t`Delete`}
        </Button>
      )}
    </Group>
  )
}

import { Checkbox, NativeSelect, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { changeNoticeWishes } from '@/shared/api/generated/automation'
import {
  NoticeKind,
  type NoticeWay,
  type NoticeWishes,
  type NoticeWishesDraft,
} from '@/shared/api/generated/model'
import { useProblemText } from '@/shared/i18n/problems'
import { Failure } from '@/ui/failure'
import { Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { noticeKeys, wishesQuery } from './queries'
import { KINDS } from './words'
import './notices.css'

/** What one is told of, and how. */
export function WishesSection() {
  const { t } = useLingui()
  const source = useQuery(wishesQuery())
  return (
    <div id="notices">
      <Section title={t`Notifications`}>
        {source.data ? (
          <Wishes wishes={source.data} />
        ) : source.error ? (
          <Failure error={source.error} onRetry={() => void source.refetch()} />
        ) : (
          <ListSkeleton rows={6} height={32} />
        )}
      </Section>
    </div>
  )
}

function Wishes({ wishes }: { wishes: NoticeWishes }) {
  const { t, i18n } = useLingui()
  const problemText = useProblemText()
  const queries = useQueryClient()
  const wish = useMutation({
    mutationFn: (draft: NoticeWishesDraft) => changeNoticeWishes(draft),
    onSuccess: (told) => queries.setQueryData(noticeKeys.wishes, told),
    onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
  })
  const set = (kind: NoticeKind, way: NoticeWay) => {
    const ways = { ...wishes.ways, [kind]: way }
    queries.setQueryData(noticeKeys.wishes, { ...wishes, ways })
    wish.mutate({ ways: { [kind]: way } })
  }
  const letters = [
    { value: 'never', label: t`No` },
    { value: 'at-once', label: t`At once` },
    { value: 'daily', label: t`Once a day` },
  ]
  const quiet = wishes.quiet_from !== null
  const daily = Object.values(wishes.ways).some(({ letter }) => letter === 'daily')
  return (
    <>
      <table className="nt-ways">
        <thead>
          <tr>
            <th>{t`Tell me when`}</th>
            <th>{t`Here`}</th>
            <th>{t`By letter`}</th>
          </tr>
        </thead>
        <tbody>
          {Object.values(NoticeKind).map((kind) => {
            const way = wishes.ways[kind] ?? { shown: true, letter: 'never' }
            const asked = i18n._(KINDS[kind].asked)
            return (
              <tr key={kind}>
                <th scope="row">{asked}</th>
                <td>
                  <Checkbox
                    aria-label={t`${asked}: here`}
                    checked={way.shown}
                    onChange={(event) => set(kind, { ...way, shown: event.currentTarget.checked })}
                  />
                </td>
                <td>
                  <NativeSelect
                    size="xs"
                    aria-label={t`${asked}: by letter`}
                    value={way.letter}
                    data={letters}
                    onChange={(event) =>
                      set(kind, {
                        ...way,
                        letter: event.currentTarget.value as NoticeWay['letter'],
                      })
                    }
                  />
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      <div className="nt-hours">
        <Hour
          label={t`The letter of the day, at`}
          value={wishes.daily_at}
          disabled={!daily}
          onSave={(daily_at) => wish.mutate({ daily_at })}
        />
        <Checkbox
          mt={30}
          label={t`Quiet time`}
          checked={quiet}
          onChange={(event) =>
            wish.mutate(
              event.currentTarget.checked
                ? { quiet_from: '21:00', quiet_until: '08:00' }
                : { quiet_from: null, quiet_until: null },
            )
          }
        />
        {quiet && (
          <>
            <Hour
              label={t({ message: 'from', context: 'hour' })}
              value={wishes.quiet_from}
              onSave={(quiet_from) => wish.mutate({ quiet_from })}
            />
            <Hour
              label={t({ message: 'until', context: 'hour' })}
              value={wishes.quiet_until}
              onSave={(quiet_until) => wish.mutate({ quiet_until })}
            />
          </>
        )}
      </div>
      <Text size="sm" c="dimmed" mt="sm">
        {t`Hours are those of your time zone. In a quiet time letters wait until it is over.`}
      </Text>
    </>
  )
}

type HourProps = {
  label: string
  value: string | null
  disabled?: boolean
  onSave: (value: string) => void
}

function Hour({ label, value, disabled = false, onSave }: HourProps) {
  return (
    <TextInput
      key={value}
      type="time"
      label={label}
      disabled={disabled}
      defaultValue={value?.slice(0, 5)}
      onBlur={({ currentTarget: { value: told } }) =>
        told && told !== value?.slice(0, 5) && onSave(told)
      }
    />
  )
}

import { ActionIcon, Button, Checkbox, Select, Switch, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { changeWorkingTime } from '@/shared/api/generated/identity'
import type {
  Absence,
  Team,
  User,
  WorkingTime,
  WorkingTimeChange,
} from '@/shared/api/generated/model'
import { useProblemText } from '@/shared/i18n/problems'
import { teamsQuery, useColleagues, useMe } from '@/shared/reference'
import { DateField } from '@/ui/date-field'
import { Failure } from '@/ui/failure'
import { Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { workingTimeQuery } from './queries'
import './hours.css'

const DAY = [{ start: '09:00', end: '18:00' }]
const PLAIN = [DAY, DAY, DAY, DAY, DAY, [], []]

/** When one works and when one is away; of whom one looks after as well. */
export function HoursSection() {
  const { t } = useLingui()
  const { user } = useMe()
  const [chosen, setChosen] = useState(user.id)
  const source = useQuery(workingTimeQuery(chosen))
  const mine = useLookedAfter(user)
  return (
    <Section title={t`Working hours and absence`}>
      {mine.length > 0 && (
        <Select
          mb="sm"
          aria-label={t`Whose`}
          searchable
          allowDeselect={false}
          data={[user, ...mine].map((one) => ({ value: one.id, label: one.name }))}
          value={chosen}
          onChange={(id) => id && setChosen(id)}
        />
      )}
      {source.data ? (
        <Hours key={chosen} told={source.data} />
      ) : source.error ? (
        <Failure error={source.error} onRetry={() => void source.refetch()} />
      ) : (
        <ListSkeleton rows={4} height={32} />
      )}
    </Section>
  )
}

/** Those in the teams one leads, and in the teams below them. */
function useLookedAfter(user: User): User[] {
  const { data: teams = [] } = useQuery(teamsQuery())
  const colleagues = useColleagues()
  const led = new Set(teams.filter((team) => team.lead_id === user.id).map((team) => team.id))
  const isBelow = (team: Team) => team.parent_id !== null && led.has(team.parent_id)
  for (let before = -1; before < led.size;) {
    before = led.size
    for (const team of teams) if (isBelow(team)) led.add(team.id)
  }
  return colleagues.filter(
    (one) => one.id !== user.id && one.team_id !== null && led.has(one.team_id),
  )
}

function Hours({ told }: { told: WorkingTime }) {
  const { t, i18n } = useLingui()
  const problemText = useProblemText()
  const queries = useQueryClient()
  const { queryKey } = workingTimeQuery(told.user_id)
  const save = useMutation({
    mutationFn: (change: Omit<WorkingTimeChange, 'version'>) =>
      changeWorkingTime(told.user_id, { ...change, version: told.version }),
    onSuccess: (now) => queries.setQueryData(queryKey, now),
    onError: (error) => {
      notifications.show({ color: 'red', message: problemText(error) })
      void queries.invalidateQueries({ queryKey })
    },
  })
  const { week } = told
  const names = new Intl.DateTimeFormat(i18n.locale, { weekday: 'short', timeZone: 'UTC' })
  const set = (day: number, windows: { start: string; end: string }[]) =>
    save.mutate({ week: (week ?? PLAIN).map((one, at) => (at === day ? windows : one)) })
  return (
    <>
      <Switch
        label={t`Hours of my own, not those of the company`}
        checked={week !== null}
        onChange={(event) => save.mutate({ week: event.currentTarget.checked ? PLAIN : null })}
      />
      {week && (
        <div className="hr-week">
          {week.map((windows, day) => {
            // the first of January 2024 was a Monday
            const name = names.format(Date.UTC(2024, 0, 1 + day))
            const window = windows[0]
            return (
              // oxlint-disable-next-line react/no-array-index-key -- a day is its place
              <div key={day} className="hr-day" role="group" aria-label={name}>
                <Checkbox
                  label={name}
                  checked={window !== undefined}
                  onChange={(event) => set(day, event.currentTarget.checked ? DAY : [])}
                />
                {window && (
                  <span className="hr-times">
                    <Time
                      label={t`${name}: from`}
                      value={window.start}
                      onSave={(start) => set(day, [{ ...window, start }])}
                    />
                    –
                    <Time
                      label={t`${name}: until`}
                      value={window.end}
                      onSave={(end) => set(day, [{ ...window, end }])}
                    />
                  </span>
                )}
              </div>
            )
          })}
        </div>
      )}
      <Absences told={told} onSave={(absences) => save.mutate({ absences })} />
      <Text size="sm" c="dimmed" mt="sm">
        {t`Rules that give deals away pass over whoever is away or not at work.`}
      </Text>
    </>
  )
}

type AbsencesProps = { told: WorkingTime; onSave: (absences: Absence[]) => void }

function Absences({ told, onSave }: AbsencesProps) {
  const { t, i18n } = useLingui()
  const [first, setFirst] = useState<string | null>(null)
  const [last, setLast] = useState<string | null>(null)
  const days = new Intl.DateTimeFormat(i18n.locale, { dateStyle: 'medium', timeZone: 'UTC' })
  const isDay = (text: string | null) => text !== null && /^\d{4}-\d\d-\d\d$/.test(text)
  const ready = isDay(first) && isDay(last) && (first ?? '') <= (last ?? '')
  function add() {
    if (!ready || first === null || last === null) return
    onSave([...told.absences, { first_on: first, last_on: last }])
    setFirst(null)
    setLast(null)
  }
  return (
    <>
      <div className="st-label hr-label">{t`Absences`}</div>
      <ul className="hr-absences">
        {told.absences.map((one) => {
          const span = days.formatRange(new Date(one.first_on), new Date(one.last_on))
          return (
            <li key={`${one.first_on} ${one.last_on}`}>
              {span}
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t`Remove the absence ${span}`}
                onClick={() => onSave(told.absences.filter((other) => other !== one))}
              >
                <IconTrash size={15} />
              </ActionIcon>
            </li>
          )
        })}
      </ul>
      <div className="hr-add">
        <DateField label={t`First day`} value={first} onChange={setFirst} />
        <DateField label={t`Last day`} value={last} onChange={setLast} />
        <Button
          variant="default"
          leftSection={<IconPlus size={16} />}
          disabled={!ready}
          onClick={add}
        >
          {t({ message: 'Add', context: 'absence' })}
        </Button>
      </div>
    </>
  )
}

type TimeProps = { label: string; value: string; onSave: (value: string) => void }

function Time({ label, value, onSave }: TimeProps) {
  const shown = value.slice(0, 5)
  return (
    <input
      key={value}
      className="hr-time"
      type="time"
      aria-label={label}
      defaultValue={shown}
      onBlur={({ currentTarget: { value: told } }) => told && told !== shown && onSave(told)}
    />
  )
}

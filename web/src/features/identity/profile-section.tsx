import { SegmentedControl, Select, Stack, useMantineColorScheme } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { changePreferences } from '@/shared/api/generated/identity'
import type { Preferences } from '@/shared/api/generated/model'
import { activate, isLocale, LOCALES } from '@/shared/i18n/i18n'
import { useProblemText } from '@/shared/i18n/problems'
import { colleaguesQuery, meQuery, useMe } from '@/shared/reference'
import { Editable } from '@/ui/editable'
import { TextEditor } from '@/ui/editors'
import { Facts } from '@/ui/facts'
import { Section } from '@/ui/page'

const ZONES = Intl.supportedValuesOf('timeZone')

/** Who one is here, and how one wants to see it. */
export function ProfileSection() {
  const { t, i18n } = useLingui()
  const queries = useQueryClient()
  const problemText = useProblemText()
  const person = useMe()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const prefer = useMutation({
    mutationFn: (preferences: Preferences) => changePreferences(preferences),
    onSuccess: (told) => queries.setQueryData(meQuery().queryKey, told),
    onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
  })
  async function call(name: string) {
    queries.setQueryData(meQuery().queryKey, await changePreferences({ name }))
    void queries.invalidateQueries({ queryKey: colleaguesQuery().queryKey })
  }
  async function speak(locale: string) {
    if (!isLocale(locale)) return
    await activate(locale)
    prefer.mutate({ locale })
  }
  return (
    <Section title={t`Profile`}>
      <Stack gap="md">
        <Facts
          facts={[
            {
              label: t`Your name`,
              value: (
                <Editable
                  name="profile.name"
                  label={t`Your name`}
                  value={person.user.name}
                  version={person.user.version}
                  empty={false}
                  check={(name) => (name.trim() ? undefined : t`Fill in this field`)}
                  explain={problemText}
                  onSave={call}
                  editor={(props) => <TextEditor label={t`Your name`} {...props} />}
                >
                  {person.user.name}
                </Editable>
              ),
            },
            { label: t`E-mail`, value: person.user.email },
          ]}
        />
        <div>
          <span className="st-label" id="st-language">{t`Language`}</span>
          <SegmentedControl
            fullWidth
            aria-labelledby="st-language"
            data={Object.entries(LOCALES).map(([value, label]) => ({ value, label }))}
            value={i18n.locale}
            onChange={(locale) => void speak(locale)}
          />
        </div>
        <div>
          <span className="st-label" id="st-theme">{t`Theme`}</span>
          <SegmentedControl
            fullWidth
            aria-labelledby="st-theme"
            data={[
              { value: 'light', label: t`Light` },
              { value: 'dark', label: t`Dark` },
              { value: 'auto', label: t`As the system` },
            ]}
            value={colorScheme}
            onChange={(scheme) => setColorScheme(scheme as 'light' | 'dark' | 'auto')}
          />
        </div>
        <Select
          label={t`Time zone`}
          searchable
          allowDeselect={false}
          data={ZONES.includes(person.time_zone) ? ZONES : [person.time_zone, ...ZONES]}
          value={person.time_zone}
          onChange={(zone) => zone && prefer.mutate({ time_zone: zone })}
        />
      </Stack>
    </Section>
  )
}

import { Avatar, Kbd, Menu, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import {
  IconCheck,
  IconDeviceDesktop,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconSettings,
  IconSun,
} from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { changePreferences } from '@/shared/api/generated/identity'
import { signOut } from '@/shared/api/generated/session'
import { session } from '@/shared/api/session'
import { activate, LOCALES, type Locale } from '@/shared/i18n/i18n'
import { useProblemText } from '@/shared/i18n/problems'
import { dropAllDrafts } from '@/shared/lib/draft'
import { meQuery, useMe } from '@/shared/reference'
import { roleName } from '@/shared/role-name'

/** Who is signed in; language, theme, and the way out. */
export function UserMenu({ onKeys }: { onKeys: () => void }) {
  const { t, i18n } = useLingui()
  const { user } = useMe()
  const queries = useQueryClient()
  const problemText = useProblemText()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const themes = [
    ['light', t`Light`, IconSun],
    ['dark', t`Dark`, IconMoon],
    ['auto', t`As the system`, IconDeviceDesktop],
  ] as const

  async function choose(locale: Locale) {
    await activate(locale)
    // a refusal changes nothing here: the language is shown, it is only not remembered elsewhere
    const person = await changePreferences({ locale }).catch(() => undefined)
    if (person) queries.setQueryData(meQuery().queryKey, person)
  }

  async function leave() {
    let there: string | null
    try {
      there = (await signOut()).leave
    } catch (error) {
      // the session still lives: whoever comes next would be this person
      const title = t`You are still signed in`
      notifications.show({ color: 'red', title, message: problemText(error) })
      return
    }
    dropAllDrafts()
    session.over()
    // a page drawn anew remembers nothing of who was here
    window.location.assign(there ?? '/sign-in')
  }

  return (
    <Menu position="top-start" width={212}>
      <Menu.Target>
        <UnstyledButton className="sh-user">
          <Avatar size={30} radius={9} name={user.name} color="iris" />
          <span>
            <Text component="span" display="block" size="sm" fw={540} truncate>
              {user.name}
            </Text>
            <Text component="span" display="block" size="xs" c="dimmed" truncate>
              {user.roles.map((role) => roleName(i18n, role)).join(', ')}
            </Text>
            <span className="g-sr">{t`settings`}</span>
          </span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t`Language`}</Menu.Label>
        {(Object.keys(LOCALES) as Locale[]).map((locale) => (
          <Menu.Item
            key={locale}
            lang={locale}
            rightSection={i18n.locale === locale && <IconCheck size={15} aria-label={t`chosen`} />}
            onClick={() => void choose(locale)}
          >
            {LOCALES[locale]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t`Theme`}</Menu.Label>
        {themes.map(([scheme, label, Icon]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon size={16} stroke={1.6} aria-hidden="true" />}
            rightSection={colorScheme === scheme && <IconCheck size={15} aria-label={t`chosen`} />}
            onClick={() => setColorScheme(scheme)}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          component={Link}
          to="/settings"
          leftSection={<IconSettings size={16} stroke={1.6} aria-hidden="true" />}
        >
          {t`Settings`}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconKeyboard size={16} stroke={1.6} aria-hidden="true" />}
          rightSection={<Kbd size="xs">?</Kbd>}
          onClick={onKeys}
        >
          {t`Keys`}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLogout size={16} stroke={1.6} aria-hidden="true" />}
          onClick={() => void leave()}
        >
          {t`Sign out`}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

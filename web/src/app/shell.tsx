import { ActionIcon, AppShell, Burger, Group, Kbd, UnstyledButton } from '@mantine/core'
import { useDisclosure, useMediaQuery } from '@mantine/hooks'
import { useLingui } from '@lingui/react/macro'
import { IconSearch } from '@tabler/icons-react'
import { Link, Outlet, useLocation, useRouter } from '@tanstack/react-router'
import { useCallback, useEffect, useState } from 'react'
import { RemindersShown } from '@/features/activities/reminders-shown'
import { ProofDialog } from '@/features/identity/proof-dialog'
import { SignInAgain } from '@/features/identity/sign-in-again'
import { Bell } from '@/features/notices/bell'
import { CommandContext, type RunCommand } from '@/shared/commands'
import { visit } from '@/shared/recent'
import { may, useMe } from '@/shared/reference'
import { useKey } from '@/ui/use-key'
import { Dialogs, type OpenDialog } from './dialogs'
import { useLive } from './live'
import { pagesFor } from './pages'
import { Signs } from './signs'
import { UserMenu } from './user-menu'
import { warm } from './warm'
import './shell.css'

/** What stands around every page: navigation, commands, dialogs, live updates. */
export function Shell() {
  const { t, i18n } = useLingui()
  const [opened, nav] = useDisclosure()
  const wide = useMediaQuery('(min-width: 48em)', true, { getInitialValueInEffect: false })
  const [dialog, setDialog] = useState<OpenDialog>()
  const person = useMe()
  const connected = useLive()
  const run = useCallback<RunCommand>((id, args) => {
    setDialog({ id, args: args ?? {} } as OpenDialog)
  }, [])
  const close = () => setDialog(undefined)
  // the browser's back button leads away from under a dialog: it closes, its draft is kept
  const { pathname } = useLocation()
  const [under, setUnder] = useState(pathname)
  if (under !== pathname) {
    setUnder(pathname)
    close()
  }
  useEffect(() => visit(person.user.id, pathname), [person.user.id, pathname])
  const openPalette = () => run('palette.open')
  const router = useRouter()
  useEffect(() => warm(router), [router])
  useKey('mod+K', openPalette, { everywhere: true })
  useKey('shift+Slash', () => run('keys.show'))
  // the focus does not stay behind on a page that is left
  useEffect(() => {
    if (document.activeElement === document.body) document.getElementById('content')?.focus()
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- at every change of the page
  }, [pathname])

  return (
    <CommandContext value={run}>
      <AppShell
        navbar={{ width: 228, breakpoint: 'sm', collapsed: { mobile: wide || !opened } }}
        header={{ height: { base: 52, sm: 0 } }}
        padding={0}
      >
        <a className="skip" href="#content">
          {t`Skip to content`}
        </a>
        <AppShell.Header hiddenFrom="sm" px="sm">
          <Group h="100%" gap="xs">
            <Burger size="sm" opened={opened} onClick={nav.toggle} aria-label={t`Menu`} />
            <b>Gausdo</b>
            <span className="sh-bell">
              <Bell onClick={nav.close} />
            </span>
            <ActionIcon
              size="lg"
              variant="subtle"
              color="gray"
              aria-label={t`Find or do…`}
              onClick={openPalette}
            >
              <IconSearch size={19} stroke={1.7} />
            </ActionIcon>
          </Group>
        </AppShell.Header>
        <AppShell.Navbar p="sm" bg="var(--g-bg)" aria-label={t`Main`}>
          <Group className="sh-brand" visibleFrom="sm">
            <img src="/favicon.svg" alt="" />
            Gausdo
            <Bell />
          </Group>
          <UnstyledButton className="sh-quick" onClick={openPalette}>
            <IconSearch size={15} aria-hidden="true" />
            <span>{t`Find or do…`}</span>
            <Kbd size="xs">Ctrl K</Kbd>
          </UnstyledButton>
          {pagesFor(person).map(({ to, label, icon: Icon }) => (
            <Link
              key={to}
              to={to}
              className="sh-nav"
              activeOptions={{ exact: to === '/' }}
              onClick={nav.close}
            >
              <Icon size={18} stroke={1.6} />
              {i18n._(label)}
            </Link>
          ))}
          <UserMenu onKeys={() => run('keys.show')} />
        </AppShell.Navbar>
        <AppShell.Main component="div" id="content" tabIndex={-1}>
          <Outlet />
        </AppShell.Main>
        {may(person, 'activities.meeting', 'read') && <RemindersShown />}
        <Signs live={connected} />
        <Dialogs open={dialog} onClose={close} run={run} />
        <ProofDialog />
        <SignInAgain />
      </AppShell>
    </CommandContext>
  )
}

import { Group, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useEffect, type ReactNode } from 'react'
import { activate, isLocale, LOCALES } from '@/shared/i18n/i18n'
import './sign-in.css'

type Props = {
  title: string
  hint: string
  onLocale?: () => void
  children: ReactNode
}

/** What stands around everything one does before one is signed in. */
export function SignInFrame({ title, hint, onLocale, children }: Props) {
  const { t, i18n } = useLingui()
  useEffect(() => {
    document.title = `${title} · Gausdo`
  }, [title])
  return (
    <main className="si">
      <div className="g-card si-card">
        <Stack gap="md">
          <Group gap={10}>
            <img src="/favicon.svg" alt="" width={28} height={28} />
            <Title order={1}>Gausdo</Title>
          </Group>
          <Text size="sm" c="dimmed">
            {hint}
          </Text>
          {children}
        </Stack>
      </div>
      <SegmentedControl
        size="xs"
        aria-label={t`Language`}
        data={Object.entries(LOCALES).map(([value, label]) => ({ value, label }))}
        value={i18n.locale}
        onChange={(locale) => {
          onLocale?.()
          if (isLocale(locale)) void activate(locale)
        }}
      />
    </main>
  )
}

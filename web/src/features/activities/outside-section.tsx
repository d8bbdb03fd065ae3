import { Button, Group, Stack, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Failure } from '@/ui/failure'
import { Section } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { OutsideAccountView } from './outside-account'
import { OutsideForm } from './outside-form'
import { outsideQuery } from './outside-queries'

/** Calendars one keeps elsewhere, read here. */
export function OutsideSection() {
  const { t } = useLingui()
  const { data, error, refetch } = useQuery(outsideQuery())
  const [adds, setAdds] = useState(false)
  return (
    <Section title={t`Calendars kept elsewhere`}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t`Your events from Yandex, Mail.ru, iCloud, Nextcloud or another calendar stand in the calendar here. Only you see what they are; colleagues see when you are busy. Nothing is changed there.`}
        </Text>
        {error && !data ? (
          <Failure error={error} onRetry={() => void refetch()} />
        ) : !data ? (
          <ListSkeleton rows={1} height={36} />
        ) : (
          data.map((account) => <OutsideAccountView key={account.id} account={account} />)
        )}
        {adds ? (
          <OutsideForm onDone={() => setAdds(false)} />
        ) : (
          <Group>
            <Button
              variant="default"
              leftSection={<IconPlus size={16} />}
              onClick={() => setAdds(true)}
            >
              {t`Connect a calendar`}
            </Button>
          </Group>
        )}
      </Stack>
    </Section>
  )
}

import { ActionIcon, Button, Group } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'

type Props = { onToday: () => void; onStep: (by: 1 | -1) => void }

/** Earlier, today, later. */
export function PeriodButtons({ onToday, onStep }: Props) {
  const { t } = useLingui()
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon variant="default" size={36} aria-label={t`Earlier`} onClick={() => onStep(-1)}>
        <IconChevronLeft size={18} />
      </ActionIcon>
      <Button variant="default" onClick={onToday}>{t`Today`}</Button>
      <ActionIcon variant="default" size={36} aria-label={t`Later`} onClick={() => onStep(1)}>
        <IconChevronRight size={18} />
      </ActionIcon>
    </Group>
  )
}

import { Stack, Text, ThemeIcon } from '@mantine/core'
import type { ComponentType, ReactNode } from 'react'

export type IconType = ComponentType<{ size?: number; stroke?: number }>

type Props = { icon: IconType; title: ReactNode; text?: ReactNode; action?: ReactNode }

/** Says what will be here and offers the one next step; never a bare "no data". */
export function EmptyState({ icon: Icon, title, text, action }: Props) {
  return (
    <Stack align="center" justify="center" gap={8} p="lg" mih={160} h="100%" ta="center">
      <ThemeIcon size={44} radius="lg" variant="light">
        <Icon size={22} stroke={1.6} />
      </ThemeIcon>
      <Text fw={600} style={{ textWrap: 'balance' }}>
        {title}
      </Text>
      {text && (
        <Text size="sm" c="dimmed" maw={380} style={{ textWrap: 'balance' }}>
          {text}
        </Text>
      )}
      {action}
    </Stack>
  )
}

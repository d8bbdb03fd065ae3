import { Button } from '@mantine/core'
import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'

type Props = { to: NonNullable<LinkProps['to']>; children: ReactNode }

/** The way on from where there is nothing. */
export function BackTo({ to, children }: Props) {
  return (
    <Button component={Link} to={to} variant="default">
      {children}
    </Button>
  )
}

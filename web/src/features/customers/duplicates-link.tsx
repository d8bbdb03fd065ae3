import { Button } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconCopy } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { CustomerKind } from '@/shared/labels'

/** The way to those that may be there twice. */
export function DuplicatesLink({ kind }: { kind: CustomerKind }) {
  const { t } = useLingui()
  return (
    <Button
      component={Link}
      to={`/duplicates?of=${kind}`}
      variant="default"
      leftSection={<IconCopy size={16} />}
    >
      {t`Duplicates`}
    </Button>
  )
}

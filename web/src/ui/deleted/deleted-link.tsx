import { ActionIcon } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconTrash } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { DeletedKind } from './kinds'

/** The way to what was deleted. */
export function DeletedLink({ kind }: { kind: DeletedKind }) {
  const { t } = useLingui()
  return (
    <ActionIcon
      component={Link}
      to={`/deleted?of=${kind}`}
      size={36}
      variant="default"
      aria-label={t({ message: 'Deleted', context: 'records' })}
      title={t({ message: 'Deleted', context: 'records' })}
    >
      <IconTrash size={18} stroke={1.6} />
    </ActionIcon>
  )
}

import { useLingui } from '@lingui/react/macro'
import { IconLock } from '@tabler/icons-react'
import { Tag } from '@/ui/tag'

type Props = { owner: string | null; shown: boolean }

/** Says why a record cannot be changed here, and whom to ask. */
export function Locked({ owner, shown }: Props) {
  const { t } = useLingui()
  if (!shown) return null
  const why = owner
    ? t`You may look only: ${owner} looks after it.`
    : t`You may look only: another person looks after it.`
  return (
    <Tag tone="neutral" label={why}>
      <IconLock size={12} aria-hidden="true" />
      {t`Read only`}
    </Tag>
  )
}

import { useLingui } from '@lingui/react/macro'
import { IconLock } from '@tabler/icons-react'
import { Tag } from '@/ui/tag'

type Props = { owner: string | null; shown: boolean }

/** Why a record cannot be changed here, and whom to ask. */
export function useLockedWords(owner: string | null): string {
  const { t } = useLingui()
  return owner
    ? t`You may look only: ${owner} looks after it.`
    : t`You may look only: another person looks after it.`
}

/** Says at a record that it cannot be changed here. */
export function Locked({ owner, shown }: Props) {
  const { t } = useLingui()
  const why = useLockedWords(owner)
  if (!shown) return null
  return (
    <Tag tone="neutral" label={why}>
      <IconLock size={12} aria-hidden="true" />
      {t`Read only`}
    </Tag>
  )
}

import { ActionIcon, Button } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconHelpCircle, IconShare } from '@tabler/icons-react'
import { useState } from 'react'
import { useMay } from '@/shared/reference'
import type { SharedKind } from './kinds'
import { ShareDialog } from './share-dialog'
import { WhyDialog } from './why-dialog'

type Props = { kind: SharedKind; id: string }

/** With whom a record is shared, and why somebody may do what with it. */
export function RecordAccess({ kind, id }: Props) {
  const { t } = useLingui()
  const mayExplain = useMay('identity.user', 'explain')
  const [open, setOpen] = useState<'share' | 'why'>()
  const close = () => setOpen(undefined)
  return (
    <>
      {mayExplain && (
        <ActionIcon
          size={36}
          variant="default"
          aria-label={t`Who may do what here?`}
          title={t`Who may do what here?`}
          onClick={() => setOpen('why')}
        >
          <IconHelpCircle size={18} stroke={1.6} />
        </ActionIcon>
      )}
      <Button
        variant="default"
        leftSection={<IconShare size={16} />}
        onClick={() => setOpen('share')}
      >
        {t({ message: 'Share', context: 'record' })}
      </Button>
      {open === 'share' && <ShareDialog kind={kind} id={id} onClose={close} />}
      {open === 'why' && <WhyDialog kind={kind} id={id} onClose={close} />}
    </>
  )
}

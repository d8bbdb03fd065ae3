import { ActionIcon, CopyButton, Tooltip } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import './copied.css'

/** A text that is to be copied elsewhere. */
export function Copied({ text }: { text: string }) {
  const { t } = useLingui()
  return (
    <span className="g-copied">
      <code>{text}</code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? t`Copied` : t`Copy`}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={copied ? t`Copied` : t`Copy`}
              onClick={copy}
            >
              {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </span>
  )
}

import { Autocomplete, Button, Chip, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useCompetitorNames } from '@/shared/competitors'
import { readDraft, writeDraft } from '@/shared/lib/draft'
import { useFocusBack } from '@/ui/use-focus-back'

type Props = {
  draft: string
  title: string
  /** Those of the pipeline; without any the usual ones are offered. */
  reasons: readonly string[]
  /** Whether one has to say why. */
  needed: boolean
  onLose: (reason: string, lostTo: string) => void
  onClose: () => void
}

/** A lost deal says why: the reason is what one learns from. */
export function LoseDialog({ draft, title, reasons, needed, onLose, onClose }: Props) {
  const { t } = useLingui()
  const [reason, setTyped] = useState(() => readDraft<{ text: string }>(draft)?.text ?? '')
  const setReason = (text: string) => {
    setTyped(text)
    writeDraft(draft, { text })
  }
  useFocusBack()
  const [lostTo, setLostTo] = useState('')
  const names = useCompetitorNames()
  const [tried, setTried] = useState(false)
  const usual = [t`Too expensive`, t`Chose a competitor`, t`No budget`, t`No answer`]
  const offered = reasons.length > 0 ? reasons : usual
  const missing = needed && !reason.trim()
  return (
    <Modal opened onClose={onClose} title={t`Why was “${title}” lost?`}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (missing) setTried(true)
          else onLose(reason.trim(), lostTo.trim())
        }}
      >
        <Stack gap="sm">
          <Group gap={6}>
            {offered.map((words) => (
              <Chip
                key={words}
                size="xs"
                checked={reason === words}
                onChange={() => setReason(words)}
              >
                {words}
              </Chip>
            ))}
          </Group>
          <TextInput
            autoFocus
            data-autofocus
            label={t`Reason`}
            maxLength={200}
            value={reason}
            error={tried && missing && t`Say why, in a few words`}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Autocomplete
            label={t`Who won it`}
            placeholder={t`A competitor, if it is known`}
            maxLength={200}
            limit={6}
            data={names}
            value={lostTo}
            onChange={setLostTo}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t`Cancel`}
            </Button>
            <Button type="submit">{t`Mark as lost`}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

import '@/ui/files/files.css'
import { Button, CloseButton, Group, Input, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconPaperclip } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { sendConsentFile } from '@/shared/api/generated/customers'
import type { SentFile } from '@/shared/api/generated/model'
import { useProblemText } from '@/shared/i18n/problems'

type Props = {
  value: SentFile | null
  onChange: (file: SentFile | null) => void
  error: ReactNode
}

/** A file that proves what somebody has said: sent at once, and taken along with the form. */
export function ProofFile({ value, onChange, error }: Props) {
  const { t } = useLingui()
  const problem = useProblemText()
  const send = useMutation({
    mutationFn: (file: File) => sendConsentFile(file, { name: file.name }),
    onSuccess: onChange,
  })
  const name = value?.name ?? ''
  return (
    <Input.Wrapper
      labelElement="div"
      label={t`File of the proof`}
      error={error ?? (send.error && problem(send.error))}
    >
      <Group gap={6} mt={4} wrap="nowrap">
        {value ? (
          <>
            <Text size="sm" truncate title={name}>
              {name}
            </Text>
            <CloseButton
              size="sm"
              aria-label={t`Take off ${name}`}
              title={t`Take off ${name}`}
              onClick={() => onChange(null)}
            />
          </>
        ) : (
          <div className="fl-choose">
            <Button
              component="label"
              size="compact-sm"
              variant="default"
              leftSection={<IconPaperclip size={14} />}
              loading={send.isPending}
            >
              {t`Attach a file`}
              <input
                type="file"
                className="fl-input"
                aria-label={t`File of the proof`}
                onChange={(event) => {
                  const [file] = event.currentTarget.files ?? []
                  if (file) send.mutate(file)
                  event.currentTarget.value = ''
                }}
              />
            </Button>
          </div>
        )}
      </Group>
    </Input.Wrapper>
  )
}

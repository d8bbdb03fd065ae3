import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState, type FormEvent } from 'react'
import { beginTotp, confirmTotp } from '@/shared/api/generated/factors'
import type { Enrolled } from '@/shared/api/generated/model'
import { useProblemText } from '@/shared/i18n/problems'
import { FormProblem } from '@/ui/form-parts'
import { ListSkeleton } from '@/ui/skeletons'

type Props = { onDone: (enrolled: Enrolled) => void; onCancel: () => void }

/** An authenticator is added: a picture to scan, and a code that shows that it works. */
export function TotpEnrolment({ onDone, onCancel }: Props) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [code, setCode] = useState('')
  const [name, setName] = useState('')
  const [tried, setTried] = useState(false)
  const start = useMutation({ mutationFn: () => beginTotp() })
  const { mutate: begin, data: begun } = start
  useEffect(() => begin(), [begin])
  const confirm = useMutation({
    mutationFn: (id: string) => confirmTotp(id, { code, name: name.trim() || t`Authenticator` }),
    onSuccess: onDone,
    onError: () => setCode(''),
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    setTried(true)
    if (begun && code) confirm.mutate(begun.id)
  }
  if (!begun) {
    return start.error ? <FormProblem>{problemText(start.error)}</FormProblem> : <ListSkeleton />
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Text size="sm">
          {t`Scan this picture with an authenticator, for instance Google Authenticator, Яндекс Ключ or your password manager.`}
        </Text>
        <img
          className="si-qr"
          src={`data:image/svg+xml,${encodeURIComponent(begun.qr)}`}
          alt={t`The picture to scan`}
        />
        <Text size="sm" c="dimmed">
          {t`Or type this key into it:`} <code className="si-key">{begun.secret}</code>
        </Text>
        <FormProblem>{confirm.error && problemText(confirm.error)}</FormProblem>
        <TextInput
          autoFocus
          data-autofocus
          label={t`Code from your authenticator`}
          autoComplete="one-time-code"
          inputMode="numeric"
          error={tried && !code && t`Fill in this field`}
          value={code}
          onChange={(event) =>
            setCode(event.currentTarget.value.replace(/[^0-9]/g, '').slice(0, 6))
          }
        />
        <TextInput
          label={t`What to call it`}
          placeholder={t`Authenticator`}
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t`Cancel`}
          </Button>
          <Button type="submit" loading={confirm.isPending}>
            {t`Add it`}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

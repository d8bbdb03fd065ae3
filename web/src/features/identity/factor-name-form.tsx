import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { renameFactor } from '@/shared/api/generated/factors'
import type { Factor } from '@/shared/api/generated/model'
import { useProblemText } from '@/shared/i18n/problems'
import { FormProblem } from '@/ui/form-parts'
import { factorsQuery } from './queries'

/** What a factor is called, by whoever has several. */
export function FactorNameForm({ factor, onDone }: { factor: Factor; onDone: () => void }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const problemText = useProblemText()
  const [name, setName] = useState(factor.name)
  const rename = useMutation({
    mutationFn: () => renameFactor(factor.id, { name: name.trim() }),
    onSuccess: (told) => {
      queries.setQueryData(factorsQuery().queryKey, told)
      onDone()
    },
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    if (name.trim()) rename.mutate()
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <FormProblem>{rename.error && problemText(rename.error)}</FormProblem>
        <TextInput
          data-autofocus
          aria-label={t`What to call it`}
          maxLength={200}
          error={!name.trim() && t`Fill in this field`}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t`Cancel`}
          </Button>
          <Button type="submit" loading={rename.isPending}>
            {t`Save`}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

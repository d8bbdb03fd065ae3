import { Alert, Select, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { Plural, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { GrantInput, Guarded } from '@/shared/api/generated/model'
import { useDraftForm } from '@/shared/lib/form'
import { roleName } from '@/shared/role-name'
import { DraftNotice, FormFooter, FormProblem } from '@/ui/form-parts'
import { Section } from '@/ui/page'
import { shippedQuery, useRoles } from './queries'
import { useRefusal } from './refusals'
import { RoleMatrix } from './role-matrix'
import { differences } from './role-model'

export type RoleValues = { name: string; about: string; grants: GrantInput[] }

type Props = {
  /** Of the role; absent for a new one. */
  id?: string
  draft: string
  catalogue: readonly Guarded[]
  initial: RoleValues
  version?: number
  /** Why it cannot be changed. */
  fixed?: string | undefined
  verb: string
  busy: boolean
  onSave: (values: RoleValues, once: RequestInit, began: number | undefined) => Promise<unknown>
  onCancel: () => void
}

/** A role: what it is called, and what it grants. */
export function RoleForm({ id, draft, catalogue, initial, version, fixed, ...rest }: Props) {
  const { t } = useLingui()
  const refusal = useRefusal()
  const kept = useDraftForm<RoleValues>({
    draft,
    initial,
    ...(version !== undefined && { version }),
    validate: (values) => ({ name: values.name.trim() ? null : t`Name the role` }),
  })
  const { form, problem, refuse } = kept
  const { grants } = form.values
  const [compared, setCompared] = useState<string | null>(null)
  const choices = useOthers(id)
  const other = choices.find((choice) => choice.value === compared)?.grants
  const count = other && differences(grants, other, catalogue)

  async function send(sent: RoleValues) {
    try {
      await rest.onSave(sent, kept.once(), kept.began)
      kept.discard()
    } catch (error) {
      refuse(error, refusal.unnamed(error))
    }
  }

  return (
    <form onSubmit={form.onSubmit((sent) => void send(sent))} noValidate>
      <Stack gap="md">
        <DraftNotice shown={kept.restored} onDiscard={kept.restart} />
        <FormProblem>{problem ?? form.errors['grants']}</FormProblem>
        {fixed && (
          <Alert variant="default" p="sm">
            {fixed}
          </Alert>
        )}
        <Section title={t`What it is for`}>
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
            <TextInput
              label={t`Name`}
              withAsterisk
              maxLength={200}
              disabled={!!fixed}
              {...form.getInputProps('name')}
            />
            <Textarea
              label={t`Description`}
              autosize
              minRows={1}
              maxRows={6}
              disabled={!!fixed}
              {...form.getInputProps('about')}
            />
          </SimpleGrid>
        </Section>
        <Section
          title={t`Rights`}
          actions={
            <Select
              aria-label={t`Compare with`}
              placeholder={t`Compare with…`}
              w={220}
              clearable
              data={choices.map(({ value, label }) => ({ value, label }))}
              value={compared}
              onChange={setCompared}
            />
          }
        >
          <Text size="sm" c="dimmed" mb="xs">
            {t`Own: what one looks after. Team: also what the team does. Team +: the teams below it, too. All: everything.`}
          </Text>
          {count !== undefined && (
            <Text size="sm" mb="xs" role="status">
              <Plural
                value={count}
                _0="No difference."
                one="# right differs; what the other grants stands below it."
                other="# rights differ; what the other grants stands below each."
              />
            </Text>
          )}
          <RoleMatrix
            catalogue={catalogue}
            grants={grants}
            other={other}
            fixed={!!fixed}
            onChange={(next) => form.setFieldValue('grants', next)}
          />
        </Section>
        {!fixed && <FormFooter verb={rest.verb} busy={rest.busy} onCancel={rest.onCancel} />}
      </Stack>
    </form>
  )
}

/** What a role can be compared with: how Gausdo came with it, and every other role. */
function useOthers(id: string | undefined) {
  const { t, i18n } = useLingui()
  const roles = useRoles()
  const shipped = useQuery(shippedQuery()).data?.find((role) => role.id === id)
  const others = roles
    .filter((role) => role.id !== id)
    .map((role) => ({ value: role.id, label: roleName(i18n, role), grants: role.grants }))
  if (!shipped) return others
  return [{ value: 'shipped', label: t`As Gausdo came with it`, grants: shipped.grants }, ...others]
}

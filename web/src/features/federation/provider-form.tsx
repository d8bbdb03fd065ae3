import {
  Button,
  Checkbox,
  PasswordInput,
  Select,
  Stack,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useExplain } from '@/shared/changes'
import { ApiError } from '@/shared/api/http'
import { useDraftForm } from '@/shared/lib/form'
import { useMay } from '@/shared/reference'
import { roleName } from '@/shared/role-name'
import { DraftNotice, FormFooter, FormProblem } from '@/ui/form-parts'
import { Section } from '@/ui/page'
import { KINDS } from './kinds'
import { MappingFields } from './mapping-fields'
import { fieldOf, newMapping, type ProviderValues } from './provider-model'
import { rolesQuery, teamsQuery } from './queries'
import { useProviderCheck } from './use-provider-check'
import './federation.css'

type Props = {
  draft: string
  initial: ProviderValues
  /** The version of the provider `initial` is of; absent for a new one. */
  version?: number
  hasSecret?: boolean
  verb: string
  busy: boolean
  onSave: (values: ProviderValues, once: RequestInit, began: number | undefined) => Promise<unknown>
  onCancel: () => void
}

/** Which provider it is, who gets in by it, and with which roles. */
export function ProviderForm(props: Props) {
  const { draft, initial, version, hasSecret = false, verb, busy, onSave, onCancel } = props
  const { t, i18n } = useLingui()
  const explain = useExplain()
  const mayEdit = useMay('federation.provider', version === undefined ? 'create' : 'edit')
  const check = useProviderCheck(version === undefined)
  const { data: roles = [] } = useQuery(rolesQuery())
  const { data: teams = [] } = useQuery(teamsQuery())
  const kept = useDraftForm<ProviderValues>({
    draft,
    initial,
    ...(version !== undefined && { version }),
    validate: check,
    unkept: ['client_secret'],
    fields: fieldOf,
  })
  const { form, refuse } = kept
  const { values } = form
  const isOidc = values.kind === 'oidc'
  const roleChoice = roles.map((one) => ({ value: one.id, label: roleName(i18n, one) }))
  const teamChoice = teams.map((one) => ({ value: one.id, label: one.name }))

  async function send(sent: ProviderValues) {
    try {
      await onSave(sent, kept.once(), kept.began)
      kept.discard()
    } catch (error) {
      const stale = error instanceof ApiError && error.code === 'stale'
      refuse(error, stale ? explain(error) : undefined)
    }
  }

  const tick = (name: keyof ProviderValues) => form.getInputProps(name, { type: 'checkbox' })
  return (
    <form onSubmit={form.onSubmit((sent) => void send(sent))} noValidate>
      <fieldset className="ff" disabled={!mayEdit}>
        <Stack gap="md">
          <DraftNotice shown={kept.restored} onDiscard={kept.restart} />
          <FormProblem>{kept.problem}</FormProblem>
          <Section title={t`Provider`}>
            <Stack gap="sm">
              <TextInput
                label={t`Name on the button`}
                placeholder="Keycloak"
                withAsterisk
                maxLength={200}
                {...form.getInputProps('name')}
              />
              <Select
                label={t`Protocol`}
                allowDeselect={false}
                disabled={version !== undefined}
                data={Object.entries(KINDS).map(([value, label]) => ({ value, label }))}
                {...form.getInputProps('kind')}
              />
              {isOidc ? (
                <>
                  <TextInput
                    type="url"
                    label={t`Issuer`}
                    description={t`Exactly as the provider names itself`}
                    placeholder="https://id.example.org/realms/company"
                    withAsterisk
                    maxLength={500}
                    {...form.getInputProps('issuer')}
                  />
                  <TextInput
                    label={t`Client ID`}
                    withAsterisk
                    maxLength={200}
                    {...form.getInputProps('client_id')}
                  />
                  <PasswordInput
                    label={t`Client secret`}
                    description={
                      hasSecret ? t`Leave it empty to keep the one that is there` : undefined
                    }
                    autoComplete="off"
                    maxLength={500}
                    visibilityToggleButtonProps={{ 'aria-label': t`Show the secret` }}
                    {...form.getInputProps('client_secret')}
                  />
                </>
              ) : (
                <>
                  <TextInput
                    type="url"
                    label={t`Address of its metadata`}
                    description={
                      version === undefined
                        ? undefined
                        : t`Empty as well as the XML: they stay as they are`
                    }
                    placeholder="https://adfs.example.org/FederationMetadata/2007-06/FederationMetadata.xml"
                    maxLength={500}
                    {...form.getInputProps('metadata_url')}
                  />
                  <Textarea
                    label={t`Or the metadata itself (XML)`}
                    autosize
                    minRows={2}
                    maxRows={6}
                    {...form.getInputProps('metadata')}
                  />
                </>
              )}
              <Checkbox label={t`Offered on the sign-in page`} {...tick('enabled')} />
            </Stack>
          </Section>
          <Section title={t`Who gets in`}>
            <Stack gap="sm">
              <TagsInput
                label={t`Domains of the company's e-mail addresses`}
                description={t`Somebody is recognised by an address of these domains, the first time`}
                placeholder="example.org"
                withAsterisk
                splitChars={[',', ' ']}
                acceptValueOnBlur
                {...form.getInputProps('domains')}
              />
              {isOidc && (
                <Checkbox
                  label={t`Believe an address of which it does not say whether it is verified`}
                  description={t`Needed for Entra ID and AD FS, which do not say it`}
                  {...tick('believes_email')}
                />
              )}
              <Checkbox
                label={t`Make an account for who has none yet`}
                {...tick('creates_people')}
              />
              <Checkbox
                label={t`A second factor asked for there counts here`}
                description={t`Where its answer says so; whoever needs one is else asked for it here`}
                {...tick('trusts_second_factor')}
              />
            </Stack>
          </Section>
          <Section title={t`Roles and teams`}>
            <Stack gap="sm">
              <Select
                label={t`Role of everybody`}
                description={t`Where no group gives another`}
                clearable
                data={roleChoice}
                {...form.getInputProps('role_id')}
              />
              <Select
                label={t`Team of everybody`}
                clearable
                data={teamChoice}
                {...form.getInputProps('team_id')}
              />
              <TextInput
                label={isOidc ? t`Claim with the groups` : t`Attribute with the groups`}
                maxLength={200}
                {...form.getInputProps('groups_claim')}
              />
              {values.mapping.map((_, index) => (
                <MappingFields
                  // oxlint-disable-next-line react/no-array-index-key -- a line is its place
                  key={index}
                  form={form}
                  index={index}
                  roles={roleChoice}
                  teams={teamChoice}
                />
              ))}
              {mayEdit && (
                <div>
                  <Button
                    variant="default"
                    leftSection={<IconPlus size={16} />}
                    onClick={() => form.insertListItem('mapping', newMapping())}
                  >
                    {t`Add a group`}
                  </Button>
                </div>
              )}
            </Stack>
          </Section>
          {mayEdit && <FormFooter verb={verb} busy={busy} onCancel={onCancel} />}
        </Stack>
      </fieldset>
    </form>
  )
}

import { Alert, Button, Checkbox, FileButton, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Plural, useLingui } from '@lingui/react/macro'
import { IconAlertCircle, IconDownload, IconUpload } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  getExportConfigurationUrl,
  importConfiguration,
  previewConfiguration,
} from '@/shared/api/generated/administration'
import { ApiError } from '@/shared/api/http'
import { codeText, fieldText, useProblemText } from '@/shared/i18n/problems'
import { useMay } from '@/shared/reference'
import { Page, Section } from '@/ui/page'
import { Differences } from './differences'

/** How the installation is set up, as files: taken out, compared, brought in. */
export function ConfigurationPage() {
  const { t } = useLingui()
  const mayExport = useMay('administration.configuration', 'export')
  const mayImport = useMay('administration.configuration', 'import')
  return (
    <Page title={t`Configuration`}>
      {mayExport && (
        <Section title={t`Take out`}>
          <Stack gap="sm" align="flex-start" pb="sm">
            <Text size="sm" maw={640}>
              {t`Roles, teams, pipelines, added fields, rules, templates, the sign-in policy, identity providers, API keys and IP rules, as files of JSON in a ZIP. Secrets are not among them, nor are people and their records.`}
            </Text>
            <Button
              component="a"
              href={getExportConfigurationUrl()}
              download
              variant="default"
              leftSection={<IconDownload size={16} />}
            >
              {t`Download`}
            </Button>
          </Stack>
        </Section>
      )}
      {mayImport && <BringIn />}
    </Page>
  )
}

const DOES = new Set(['add', 'change', 'remove'])

function BringIn() {
  const { t } = useLingui()
  const queries = useQueryClient()
  const problemText = useProblemText()
  const [file, setFile] = useState<File | null>(null)
  const [removing, setRemoving] = useState(false)
  const preview = useMutation({
    mutationFn: (sent: { file: File; removing: boolean }) =>
      previewConfiguration(sent.file, { removing: sent.removing }),
  })
  const apply = useMutation({
    mutationFn: (sent: { file: File; fingerprint: string }) =>
      importConfiguration(sent.file, { removing, fingerprint: sent.fingerprint }),
    onSuccess: () => {
      notifications.show({ message: t`The configuration was brought in.` })
      preview.reset()
      setFile(null)
    },
    onError: (error) => {
      const moved = error instanceof ApiError && error.code.startsWith('configuration.')
      if (moved && file) preview.mutate({ file, removing })
    },
    onSettled: () => queries.invalidateQueries(),
  })
  function compare(chosen: File | null, goes: boolean) {
    setFile(chosen)
    setRemoving(goes)
    apply.reset()
    if (chosen) preview.mutate({ file: chosen, removing: goes })
    else preview.reset()
  }
  const seen = preview.data
  const does = seen?.differences.filter((one) => DOES.has(one.action)).length ?? 0
  return (
    <Section title={t`Bring in`}>
      <Stack gap="sm" pb="sm">
        <Text size="sm" maw={640}>
          {t`Choose a ZIP that was taken out here or elsewhere. You see what would change before anything does.`}
        </Text>
        <Group gap="sm">
          <FileButton accept=".zip,application/zip" onChange={(one) => compare(one, removing)}>
            {(props) => (
              <Button
                {...props}
                variant="default"
                leftSection={<IconUpload size={16} />}
                loading={preview.isPending}
              >
                {t`Choose a file`}
              </Button>
            )}
          </FileButton>
          {file && <Text size="sm">{file.name}</Text>}
        </Group>
        <Checkbox
          label={t`Remove what the file leaves out`}
          description={t`What is in use stays, and says why. A kind without a file is not touched.`}
          checked={removing}
          onChange={(event) => compare(file, event.currentTarget.checked)}
        />
        {apply.error && <Refused text={problemText(apply.error)} />}
        {preview.error && <Refused text={problemText(preview.error)} error={preview.error} />}
        {seen && file && (
          <>
            <Differences differences={seen.differences} />
            {does > 0 && (
              <Group>
                <Button
                  loading={apply.isPending}
                  onClick={() => apply.mutate({ file, fingerprint: seen.fingerprint })}
                >
                  <Plural value={does} one="Make # change" other="Make # changes" />
                </Button>
              </Group>
            )}
          </>
        )}
      </Stack>
    </Section>
  )
}

/** Why nothing was changed, and in which place of which file. */
function Refused({ text, error }: { text: string; error?: Error }) {
  const { i18n } = useLingui()
  const errors = error instanceof ApiError ? error.errors : []
  return (
    <Alert
      role="alert"
      variant="default"
      icon={<IconAlertCircle color="var(--g-danger)" aria-hidden="true" />}
      p="sm"
    >
      {text}
      {errors.length > 0 && (
        <ul className="cf-errors">
          {errors.map((one) => (
            <li key={`${one.field} ${one.code} ${one.message}`}>
              <code>{one.field}</code>{' '}
              {i18n.locale === 'en'
                ? one.message
                : (codeText(i18n, one.code) ?? fieldText(i18n, one))}
            </li>
          ))}
        </ul>
      )}
    </Alert>
  )
}

import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { fieldName } from '@/shared/i18n/fields'
import { draftsUnder, dropDraft } from '@/shared/lib/draft'
import { Section } from '@/ui/page'

/** The words in what was kept of a field or of a small form. */
function words(kept: unknown): string[] {
  if (typeof kept === 'string') return kept.trim() ? [kept] : []
  if (Array.isArray(kept)) return kept.flatMap(words)
  if (typeof kept !== 'object' || kept === null) return []
  const { value, values, title, text, name } = kept as Record<string, unknown>
  return [value, values, title, text, name].flatMap(words)
}

/**
 * What one had typed on a record's page and can no longer save there, because the record is gone or
 * has become somebody else's: to be copied, not lost.
 */
export function KeptTexts({ record }: { record: string }) {
  const { t, i18n } = useLingui()
  const [gone, setGone] = useState(0)
  const kept = draftsUnder(`${record}.`).flatMap(({ name, values }) => {
    const text = words(values).join('\n')
    return text ? [{ name, text, label: fieldName(i18n, name.slice(record.length + 1)) }] : []
  })
  if (kept.length === 0) return null
  return (
    <Section key={gone} title={t`What you typed here`}>
      <Stack gap="sm">
        <Text size="sm">{t`It can no longer be saved on this record. Copy what you need.`}</Text>
        {kept.map(({ name, text, label }) => (
          <Textarea key={name} readOnly autosize maxRows={8} label={label} value={text} />
        ))}
        <Group justify="flex-end">
          <Button
            variant="default"
            onClick={() => {
              for (const { name } of kept) dropDraft(name)
              setGone(gone + 1)
            }}
          >
            {t`Throw it away`}
          </Button>
        </Group>
      </Stack>
    </Section>
  )
}

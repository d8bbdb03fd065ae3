import { Button, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Finding, FindingLevel } from '@/shared/api/generated/model'
import { useFormat } from '@/shared/i18n/format'
import { Failure } from '@/ui/failure'
import { Section } from '@/ui/page'
import { RelativeTime } from '@/ui/relative-time'
import { FINDINGS, OTHER_FINDING } from './finding-words'
import { findingsQuery } from './queries'

const SIGNS: Record<FindingLevel, { Icon: typeof IconCircleX; colour: string }> = {
  good: { Icon: IconCircleCheck, colour: 'var(--g-teal)' },
  warning: { Icon: IconAlertTriangle, colour: 'var(--g-amber)' },
  wrong: { Icon: IconCircleX, colour: 'var(--g-danger)' },
}

/** Looks at a provider and says in words what is wrong with it. */
export function Findings({ id }: { id: string }) {
  const { t } = useLingui()
  const { data, error, isFetching, refetch } = useQuery(findingsQuery(id))
  return (
    <Section
      title={t`Test`}
      actions={
        <Button variant="default" loading={isFetching} onClick={() => void refetch()}>
          {t`Test now`}
        </Button>
      }
    >
      {error && !data ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <ul className="fp-findings" aria-live="polite">
          {data.map((finding) => (
            <FindingLine key={finding.code} finding={finding} />
          ))}
        </ul>
      ) : (
        <Text size="sm" c="dimmed">
          {t`Asks the provider for its description, its keys and the time, and tries the secret.`}
        </Text>
      )}
    </Section>
  )
}

function FindingLine({ finding }: { finding: Finding }) {
  const { t, i18n } = useLingui()
  const { Icon, colour } = SIGNS[finding.level]
  const levels = { good: t`Good`, warning: t`Look at this`, wrong: t`Wrong` }
  const data = finding.data as Record<string, string | number | undefined>
  const words = (code: string) => i18n._(FINDINGS[code] ?? OTHER_FINDING)
  const format = useFormat()
  const { why, told, at, seconds, until } = data
  return (
    <li>
      <Icon size={18} color={colour} aria-label={levels[finding.level]} />
      <div>
        {words(finding.code)} {typeof why === 'string' && words(why)}
        {at !== undefined && (
          <div className="fp-told">
            <RelativeTime at={String(at)} />
          </div>
        )}
        {seconds !== undefined && <div className="fp-told">{t`${seconds} s`}</div>}
        {until !== undefined && <div className="fp-told">{format.date(String(until))}</div>}
        {told && <code className="fp-told">{told}</code>}
      </div>
    </li>
  )
}

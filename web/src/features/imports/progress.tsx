import { Button, Progress as Bar, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useState } from 'react'
import type { FileImport } from '@/shared/api/generated/model'
import { useProblemText } from '@/shared/i18n/problems'
import { Confirm } from '@/ui/confirm'
import { Section } from '@/ui/page'
import { useWay, type ImportWay } from './changes'
import { isAtWork } from './queries'

/** How far a file is, and what became of the rows so far. */
export function Progress({ told, may }: { told: FileImport; may: boolean }) {
  const { t, i18n } = useLingui()
  const tried = told.state === 'checking' || told.state === 'checked'
  const { created, updated, same, skipped, refused } = told.counts
  const number = (value: number) => i18n.number(value)
  const done = number(told.done)
  const total = number(told.lines)
  return (
    <Section title={tried ? t`What would become of the rows` : t`What became of the rows`}>
      <div className="im-progress" role="status">
        {(isAtWork(told) || told.state === 'paused') && (
          <>
            <Bar
              value={told.lines ? (100 * told.done) / told.lines : 0}
              aria-label={t`Rows looked at`}
              animated={isAtWork(told)}
            />
            <Text size="sm" c="dimmed" className="g-num">
              {t`${done} of ${total} rows`}
            </Text>
          </>
        )}
        <dl className="im-counts">
          <Count word={tried ? t`would be created` : t`created`} value={number(created)} />
          <Count word={tried ? t`would be updated` : t`updated`} value={number(updated)} />
          <Count word={t`are so already`} value={number(same)} />
          {(told.lookalikes === 'skip' || skipped > 0) && (
            <Count word={tried ? t`would be skipped` : t`skipped`} value={number(skipped)} />
          )}
          <Count word={tried ? t`would be refused` : t`refused`} value={number(refused)} />
        </dl>
      </div>
      {may && <Ways told={told} />}
    </Section>
  )
}

function Count({ word, value }: { word: string; value: string }) {
  return (
    <div>
      <dt>{word}</dt>
      <dd className="g-num">{value}</dd>
    </div>
  )
}

function Ways({ told }: { told: FileImport }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const way = useWay(told.id)
  const [asked, setAsked] = useState(false)
  const go = (what: ImportWay) =>
    way.mutate(what, {
      onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
      onSettled: () => setAsked(false),
    })
  if (!isAtWork(told) && told.state !== 'paused') return null
  return (
    <div className="im-go">
      {told.state === 'running' && (
        <Button
          variant="default"
          leftSection={<IconPlayerPause size={16} />}
          onClick={() => go('pause')}
        >
          {t({ message: 'Pause', context: 'verb' })}
        </Button>
      )}
      {told.state === 'paused' && (
        <Button leftSection={<IconPlayerPlay size={16} />} onClick={() => go('run')}>
          {t`Go on`}
        </Button>
      )}
      <Button
        variant="default"
        leftSection={<IconPlayerStop size={16} />}
        onClick={() => setAsked(true)}
      >
        {t({ message: 'Stop', context: 'an import' })}
      </Button>
      <Confirm
        opened={asked}
        title={t`Stop this import?`}
        verb={t({ message: 'Stop', context: 'an import' })}
        busy={way.isPending}
        onConfirm={() => go('stop')}
        onClose={() => setAsked(false)}
      >
        {t`What it has brought in so far stays. It does not go on after this.`}
      </Confirm>
    </div>
  )
}

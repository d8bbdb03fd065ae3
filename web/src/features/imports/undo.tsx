import { Button, Progress as Bar, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Plural, useLingui } from '@lingui/react/macro'
import { IconArrowBackUp, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { FileImport } from '@/shared/api/generated/model'
import { useProblemText } from '@/shared/i18n/problems'
import { Confirm } from '@/ui/confirm'
import { Section } from '@/ui/page'
import { useUndo, type UndoWay } from './changes'
import { Conflicts } from './conflicts'
import { undoPreviewQuery } from './queries'

/** Taking an import back: what it would do, how far it is, what was left as it is. */
export function Undo({ told, may }: { told: FileImport; may: boolean }) {
  const { t } = useLingui()
  const [asked, setAsked] = useState(false)
  const problemText = useProblemText()
  const undo = useUndo(told.id)
  const go = (way: UndoWay) =>
    undo.mutate(way, {
      onError: (error) => notifications.show({ color: 'red', message: problemText(error) }),
      onSettled: () => setAsked(false),
    })
  const state = told.undo?.state
  const again = state === 'done' && told.undo !== null && (told.undo?.conflicts ?? 0) > 0
  return (
    <Section title={t`Taking it back`}>
      {told.undo ? (
        <Standing undo={told.undo} />
      ) : (
        <Text size="sm" c="dimmed">
          {t`For 30 days the import can be taken back: what it has added goes, what it has changed gets its earlier values. What somebody has changed since stays.`}
        </Text>
      )}
      {may && (
        <div className="im-go">
          {(!told.undo || again) && (
            <Button
              variant="default"
              leftSection={<IconArrowBackUp size={16} />}
              onClick={() => setAsked(true)}
            >
              {again ? t`Try the rest again` : t`Take the import back`}
            </Button>
          )}
          {state === 'running' && (
            <Button
              variant="default"
              leftSection={<IconPlayerPause size={16} />}
              onClick={() => go('pause')}
            >
              {t({ message: 'Pause', context: 'verb' })}
            </Button>
          )}
          {state === 'paused' && (
            <Button leftSection={<IconPlayerPlay size={16} />} onClick={() => go('begin')}>
              {t`Go on`}
            </Button>
          )}
        </div>
      )}
      <Confirm
        opened={asked}
        title={t`Take this import back?`}
        verb={t`Take back`}
        busy={undo.isPending}
        onConfirm={() => go('begin')}
        onClose={() => setAsked(false)}
      >
        {asked && <Preview id={told.id} />}
      </Confirm>
      {(told.undo?.conflicts ?? 0) > 0 && <Conflicts told={told} />}
    </Section>
  )
}

function Preview({ id }: { id: string }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const { data, error } = useQuery(undoPreviewQuery(id))
  if (error) return <>{problemText(error)}</>
  if (!data) return <>{t`Looking at what would change…`}</>
  return (
    <span className="im-preview">
      <span>
        <Plural
          value={data.removed}
          one="# record will be removed."
          other="# records will be removed."
        />
      </span>
      <span>
        <Plural
          value={data.given_back}
          one="# record gets its earlier values."
          other="# records get their earlier values."
        />
      </span>
      <span>
        <Plural
          value={data.conflicts}
          one="# record has changed or is in use since: it stays, and is listed."
          other="# records have changed or are in use since: they stay, and are listed."
        />
      </span>
      {data.more && <span>{t`There are more records than could be looked at so soon.`}</span>}
    </span>
  )
}

function Standing({ undo }: { undo: NonNullable<FileImport['undo']> }) {
  const { t, i18n } = useLingui()
  const number = (value: number) => i18n.number(value)
  const done = number(undo.done)
  const total = number(undo.total)
  return (
    <div className="im-progress" role="status">
      {undo.state !== 'done' && (
        <>
          <Bar
            value={undo.total ? (100 * undo.done) / undo.total : 0}
            aria-label={t`Records taken back`}
            animated={undo.state === 'running'}
          />
          <Text size="sm" c="dimmed" className="g-num">
            {t`${done} of ${total} records`}
          </Text>
        </>
      )}
      <dl className="im-counts">
        <div>
          <dt>{t`removed`}</dt>
          <dd className="g-num">{number(undo.removed)}</dd>
        </div>
        <div>
          <dt>{t`set back`}</dt>
          <dd className="g-num">{number(undo.given_back)}</dd>
        </div>
        <div>
          <dt>{t`left as they are`}</dt>
          <dd className="g-num">{number(undo.conflicts)}</dd>
        </div>
      </dl>
    </div>
  )
}

import { Button, CloseButton, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Share, ShareDraft, ShareLevel } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import { useColleagues, useMay, useTeams } from '@/shared/reference'
import { Failure } from '@/ui/failure'
import { FormProblem } from '@/ui/form-parts'
import { RelativeTime } from '@/ui/relative-time'
import { ListSkeleton } from '@/ui/skeletons'
import { useFocusBack } from '@/ui/use-focus-back'
import { callsOf, OBJECT_OF, sharesQuery, type SharedKind } from './kinds'
import './access.css'

type Props = { kind: SharedKind; id: string; onClose: () => void }

/** With whom a record is shared beyond what roles reach; one with the right to it adds and takes away. */
export function ShareDialog({ kind, id, onClose }: Props) {
  const { t } = useLingui()
  useFocusBack()
  const mayShare = useMay(OBJECT_OF[kind], 'share')
  const { data: shares, error, refetch } = useQuery(sharesQuery(kind, id))
  const change = useShares(kind, id)
  return (
    <Modal opened onClose={onClose} title={t`With whom it is shared`}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t`Whoever it is shared with sees this record though their roles do not reach it. What their roles hide stays hidden.`}
        </Text>
        <FormProblem>{change.problem}</FormProblem>
        {error && !shares ? (
          <Failure error={error} onRetry={() => void refetch()} />
        ) : !shares ? (
          <ListSkeleton rows={2} />
        ) : shares.length === 0 ? (
          <Text size="sm">{t`It is shared with nobody.`}</Text>
        ) : (
          <ul className="ac-list">
            {shares.map((share) => (
              <ShareRow
                key={share.with_id}
                share={share}
                busy={change.busy}
                onRemove={mayShare ? () => change.remove(share.with_id) : undefined}
              />
            ))}
          </ul>
        )}
        {mayShare && shares && <NewShare shares={shares} busy={change.busy} onAdd={change.add} />}
      </Stack>
    </Modal>
  )
}

function useShares(kind: SharedKind, id: string) {
  const queries = useQueryClient()
  const explain = useExplain()
  const { queryKey } = sharesQuery(kind, id)
  const settle = { onSettled: () => queries.invalidateQueries({ queryKey }) }
  const adding = useMutation({
    mutationFn: (draft: ShareDraft) => callsOf(kind).share(id, draft),
    ...settle,
  })
  const removing = useMutation({
    mutationFn: (withId: string): Promise<unknown> => callsOf(kind).unshare(id, withId),
    ...settle,
  })
  const error = adding.error ?? removing.error
  return {
    add: (draft: ShareDraft) => adding.mutate(draft),
    remove: (withId: string) => removing.mutate(withId),
    busy: adding.isPending || removing.isPending,
    problem: error && explain(error),
  }
}

type RowProps = { share: Share; busy: boolean; onRemove: (() => void) | undefined }

function ShareRow({ share, busy, onRemove }: RowProps) {
  const { t } = useLingui()
  const colleagues = useColleagues()
  const teams = useTeams()
  const named = (id: string) => colleagues.find((user) => user.id === id)?.name
  const name = share.with_team
    ? (teams.find((team) => team.id === share.with_id)?.name ?? t`a team`)
    : (named(share.with_id) ?? t`another person`)
  const by = named(share.by_id) ?? t`another person`
  return (
    <li data-share={share.with_id}>
      <div>
        <Text size="sm" fw={540}>
          {share.with_team ? t`Team “${name}”` : name}
        </Text>
        <Text size="xs" c="dimmed">
          {share.level === 'edit' ? t`may see and edit` : t`may see`}
          <span aria-hidden="true"> · </span>
          <Trans>
            by {by}, <RelativeTime at={share.at} />
          </Trans>
        </Text>
      </div>
      {onRemove && (
        <CloseButton aria-label={t`Share no more: ${name}`} disabled={busy} onClick={onRemove} />
      )}
    </li>
  )
}

type NewProps = { shares: readonly Share[]; busy: boolean; onAdd: (draft: ShareDraft) => void }

function NewShare({ shares, busy, onAdd }: NewProps) {
  const { t } = useLingui()
  const colleagues = useColleagues()
  const teams = useTeams()
  const [withId, setWithId] = useState<string | null>(null)
  const [level, setLevel] = useState<ShareLevel>('read')
  const had = new Set(shares.map((share) => share.with_id))
  const offered = (ones: readonly { id: string; name: string }[]) =>
    ones.filter((one) => !had.has(one.id)).map((one) => ({ value: one.id, label: one.name }))
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (withId) onAdd({ with_id: withId, level })
        setWithId(null)
      }}
    >
      <Group gap={8} align="flex-end">
        <Select
          flex="1 1 180px"
          label={t`Share with`}
          placeholder={t`A person or a team`}
          searchable
          data={[
            { group: t`Teams`, items: offered(teams) },
            {
              group: t`People who work here`,
              items: offered(colleagues.filter((user) => user.active)),
            },
          ]}
          value={withId}
          onChange={setWithId}
        />
        <Select
          w={150}
          aria-label={t`What they may do`}
          allowDeselect={false}
          data={[
            { value: 'read', label: t({ message: 'See', context: 'share' }) },
            { value: 'edit', label: t({ message: 'See and edit', context: 'share' }) },
          ]}
          value={level}
          onChange={(chosen) => setLevel(chosen === 'edit' ? 'edit' : 'read')}
        />
        <Button type="submit" loading={busy} disabled={!withId}>
          {t({ message: 'Share', context: 'verb' })}
        </Button>
      </Group>
    </form>
  )
}

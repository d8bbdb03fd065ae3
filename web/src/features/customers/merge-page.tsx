import { Button, Radio, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { IconArrowsExchange, IconGitMerge } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { mergeCompanies, mergePeople } from '@/shared/api/generated/customers'
import type { Choice, MergePreview } from '@/shared/api/generated/model'
import { fieldName } from '@/shared/i18n/fields'
import { useProblemText } from '@/shared/i18n/problems'
import type { CustomerKind } from '@/shared/labels'
import { BackTo } from '@/ui/back-to'
import { Failure } from '@/ui/failure'
import { FormProblem } from '@/ui/form-parts'
import { Page } from '@/ui/page'
import { ListSkeleton } from '@/ui/skeletons'
import { forgetRecords, mergePreviewQuery } from './duplicate-queries'
import { useValueText } from './value-text'
import './duplicates.css'

type Props = { kind: CustomerKind; one: string; other: string; onSwap: () => void }

/** Two records side by side: which value stays of each field, and what becomes of the rest. */
export function MergePage({ kind, one, other, onSwap }: Props) {
  const { t } = useLingui()
  const { data, error, refetch } = useQuery(mergePreviewQuery(kind, one, other))
  return (
    <Page
      title={t`Merge duplicates`}
      actions={
        <Button
          variant="default"
          leftSection={<IconArrowsExchange size={16} />}
          onClick={onSwap}
        >{t`Keep the other one`}</Button>
      }
    >
      <div className="g-card">
        {data ? (
          <Choices
            key={`${one} ${data.version} ${data.other_version}`}
            kind={kind}
            preview={data}
          />
        ) : error ? (
          <Failure
            error={error}
            onRetry={() => void refetch()}
            back={<BackTo to="/duplicates">{t`Duplicates`}</BackTo>}
          />
        ) : (
          <ListSkeleton rows={6} />
        )}
      </div>
    </Page>
  )
}

const proposed = (choices: readonly Choice[]) =>
  new Set(choices.filter(({ take }) => take).map(({ field }) => field))

function Choices({ kind, preview }: { kind: CustomerKind; preview: MergePreview }) {
  const { t, i18n } = useLingui()
  const problemText = useProblemText()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [taken, setTaken] = useState(() => proposed(preview.choices))
  const { id, name, version, other_id, other_name, other_version, moved } = preview
  const merge = useMutation({
    mutationFn: () =>
      (kind === 'company' ? mergeCompanies : mergePeople)(id, {
        version,
        other_id,
        other_version,
        take: [...taken],
      }),
    onSuccess: () => {
      forgetRecords(queries)
      notifications.show({ message: t`“${other_name}” is a part of “${name}” now` })
      void navigate({ to: kind === 'company' ? '/companies/$id' : '/people/$id', params: { id } })
    },
    onError: () => queries.invalidateQueries({ queryKey: ['merge-preview'] }),
  })
  const choose = (field: string, take: boolean) =>
    setTaken((chosen) => {
      const next = new Set(chosen)
      if (take) next.add(field)
      else next.delete(field)
      return next
    })
  return (
    <div className="mg">
      <FormProblem>{merge.error && problemText(merge.error)}</FormProblem>
      <div className="mg-row mg-head">
        <span />
        <b>{name}</b>
        <b>{other_name}</b>
      </div>
      {preview.choices.map((choice) => (
        <Row
          key={choice.field}
          name={fieldName(i18n, choice.field, kind)}
          choice={choice}
          take={taken.has(choice.field)}
          onTake={(take) => choose(choice.field, take)}
        />
      ))}
      {(['phones', 'emails', 'links', 'tags'] as const).map((list) =>
        preview[list].length > 0 ? (
          <div key={list} className="mg-row">
            <span className="mg-name">{fieldName(i18n, list, kind)}</span>
            <span className="mg-both">{preview[list].join(' · ')}</span>
          </div>
        ) : null,
      )}
      <Text size="sm" c="dimmed">
        {moved > 0 && (
          <>{t`Records that name “${other_name}”: ${moved}; they will name “${name}”.`} </>
        )}
        {t`Deals, tasks and notes of “${other_name}” are shown with “${name}”. You can part them again on its page.`}
      </Text>
      <div className="mg-do">
        <Button
          leftSection={<IconGitMerge size={16} />}
          loading={merge.isPending}
          onClick={() => merge.mutate()}
        >{t`Merge`}</Button>
      </div>
    </div>
  )
}

type RowProps = { name: string; choice: Choice; take: boolean; onTake: (take: boolean) => void }

/** One field: a value of each record, of which one is chosen. */
function Row({ name, choice, take, onTake }: RowProps) {
  const valueText = useValueText()
  const sides = [
    { value: 'mine', told: choice.mine },
    { value: 'other', told: choice.other },
  ]
  return (
    <Radio.Group
      className="mg-row"
      value={take ? 'other' : 'mine'}
      onChange={(side) => onTake(side === 'other')}
      aria-label={name}
    >
      <span className="mg-name">{name}</span>
      {sides.map(({ value, told }) => (
        <Radio key={value} value={value} label={valueText(told)} />
      ))}
    </Radio.Group>
  )
}

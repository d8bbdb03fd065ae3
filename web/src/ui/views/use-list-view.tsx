import { Alert } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { View, ViewKind } from '@/shared/api/generated/model'
import { fieldName } from '@/shared/i18n/fields'
import {
  addressOf,
  looked,
  NO_VIEW,
  viewsQuery,
  type ListSearch,
  type ListState,
} from '@/shared/views'
import { ViewPicker } from './view-picker'

export type ListView = {
  /** What the list shows: what the address says, or the view it names. */
  state: ListState
  onState: (state: ListState) => void
  /** The title with the views. */
  heading: ReactNode
  /** What of the view cannot be shown, in words. */
  notice: ReactNode
}

const NO_VIEWS: View[] = []

/**
 * A list as its address or its view says, or as it `opens`; nothing until a view that is named is
 * here.
 */
export function useListView(
  title: string,
  kind: ViewKind,
  search: ListSearch,
  onSearch: (search: ListSearch) => void,
  opens?: ListState,
): ListView | undefined {
  const { data, isPending } = useQuery(viewsQuery())
  const named = search.view !== undefined && search.view !== NO_VIEW
  if (named && isPending) return undefined
  const known = data?.filter((view) => view.kind === kind) ?? NO_VIEWS
  const shown = looked(search, known, opens)
  return {
    state: shown.state,
    onState: (state) => onSearch(addressOf(state, shown.view, known)),
    heading: (
      <ViewPicker title={title} kind={kind} known={known} looked={shown} onSearch={onSearch} />
    ),
    notice: <Notice view={shown.view} kind={kind} gone={named && !shown.view} />,
  }
}

type NoticeProps = { view: View | undefined; kind: ViewKind; gone: boolean }

/** Says kindly that a view is gone, or asks what the reader may not see. */
function Notice({ view, kind, gone }: NoticeProps) {
  const { t, i18n } = useLingui()
  if (gone) {
    return (
      <Alert color="yellow" role="status">
        {t`This view is gone, or it is not yours to see. Here is the list without it.`}
      </Alert>
    )
  }
  if (!view || view.missing.length === 0) return null
  const names = view.missing.map((field) => fieldName(i18n, field, kind)).join(', ')
  return (
    <Alert color="yellow" role="status">
      {t`This view asks for fields that are not yours to see: ${names}. It is shown without them.`}
    </Alert>
  )
}

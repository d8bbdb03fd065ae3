import { useMutation, useQueryClient } from '@tanstack/react-query'
import {
  addView,
  changeView,
  chooseView,
  leaveView,
  removeView,
} from '@/shared/api/generated/identity'
import type { View, ViewChange, ViewDraft } from '@/shared/api/generated/model'
import { viewKeys } from '@/shared/views'

type Kept = (views: View[]) => View[]

const put =
  (view: View): Kept =>
  (views) =>
    [...views.filter((one) => one.id !== view.id), view].toSorted((one, other) =>
      one.name.localeCompare(other.name),
    )

/** What one does with views; the list of them is as the server has it before anything is told. */
export function useViewChanges() {
  const queries = useQueryClient()
  const keep = (change: Kept) =>
    queries.setQueryData<View[]>(viewKeys.all, (views) => change(views ?? []))
  const again = () => queries.invalidateQueries({ queryKey: viewKeys.all })
  const add = useMutation({
    mutationFn: ({ draft, once }: { draft: ViewDraft; once: RequestInit }) => addView(draft, once),
    onSuccess: (view) => keep(put(view)),
  })
  const change = useMutation({
    mutationFn: ({ id, ...told }: ViewChange & { id: string }) => changeView(id, told),
    onSuccess: (view) => keep(put(view)),
    onError: again,
  })
  const remove = useMutation({
    mutationFn: (view: View) => removeView(view.id),
    onSuccess: (_, view) => keep((views) => views.filter((one) => one.id !== view.id)),
  })
  const open = useMutation({
    mutationFn: (view: View) => (view.is_default ? leaveView(view.id) : chooseView(view.id)),
    onSuccess: again,
  })
  return { add, change, remove, open }
}

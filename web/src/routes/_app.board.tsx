import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { BoardPage } from '@/features/sales/board-page'
import { boardQuery } from '@/features/sales/queries'
import { pipelinesQuery } from '@/shared/reference'

const text = z.optional(z.catch(z.string(), ''))

export const Route = createFileRoute('/_app/board')({
  validateSearch: z.object({
    pipeline: text,
    owner: text,
    segment: text,
    q: text,
    lanes: z.optional(z.catch(z.boolean(), false)),
  }),
  loaderDeps: ({ search }) => search,
  // the fetch starts with the page's code, not after it
  loader: ({ context: { queryClient }, deps }) =>
    void queryClient.ensureQueryData(pipelinesQuery()).then(
      (pipelines) => {
        const chosen = pipelines.find((one) => one.id === deps.pipeline) ?? pipelines[0]
        const filters = { owner_id: deps.owner, segment_id: deps.segment, q: deps.q }
        return chosen && queryClient.prefetchQuery(boardQuery(chosen.id, filters))
      },
      () => undefined,
    ),
  component: Board,
})

function Board() {
  const navigate = Route.useNavigate()
  const found = Route.useSearch()
  return <BoardPage search={found} onSearch={(next) => void navigate({ search: next })} />
}

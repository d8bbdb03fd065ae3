import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { PipelineChange, PipelineDraft } from '@/shared/api/generated/model'
import {
  addPipeline,
  changePipeline,
  orderPipelines,
  removePipeline,
} from '@/shared/api/generated/sales'
import { pipelinesQuery } from '@/shared/reference'

type Sent<V> = { values: V; once?: RequestInit }

function useChanging<V, R>(send: (values: V) => Promise<R>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: send,
    onSettled: () => {
      // what a stage asks for is on every board
      void queries.invalidateQueries({ queryKey: ['deals'] })
      return queries.invalidateQueries({ queryKey: pipelinesQuery().queryKey })
    },
  })
}

export const useAddPipeline = () =>
  useChanging(({ values, once }: Sent<PipelineDraft>) => addPipeline(values, once))

export const useChangePipeline = () =>
  useChanging(({ id, values, once }: Sent<PipelineChange> & { id: string }) =>
    changePipeline(id, values, once),
  )

export const useOrderPipelines = () => useChanging((ids: string[]) => orderPipelines({ ids }))

export const useRemovePipeline = () => useChanging((id: string) => removePipeline(id))

import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { RateDraft, RatesFeedChange } from '@/shared/api/generated/model'
import {
  changeRatesFeed,
  fetchRates,
  importRates,
  removeRate,
  setRate,
} from '@/shared/api/generated/sales'
import { RATES } from './queries'

/** Whatever changes a rate changes the sums of boards and deals, too. */
function useAgain() {
  const queries = useQueryClient()
  return () => {
    void queries.invalidateQueries({ queryKey: ['deals'] })
    return queries.invalidateQueries({ queryKey: RATES })
  }
}

export function useSetRate() {
  const again = useAgain()
  return useMutation({ mutationFn: (draft: RateDraft) => setRate(draft), onSuccess: again })
}

export function useRemoveRate() {
  const again = useAgain()
  return useMutation({ mutationFn: (id: string) => removeRate(id), onSettled: again })
}

const CHUNK = 0x80_00

/** A file's bytes as they are: which encoding they are in, the file itself says. */
async function base64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCodePoint(...bytes.subarray(at, at + CHUNK))
  }
  return btoa(text)
}

export function useImportRates() {
  const again = useAgain()
  return useMutation({
    mutationFn: async (file: File) => importRates({ content: await base64(file) }),
    onSuccess: again,
  })
}

export function useChangeRatesFeed() {
  const again = useAgain()
  return useMutation({
    mutationFn: (change: RatesFeedChange) => changeRatesFeed(change),
    onSuccess: again,
  })
}

export function useFetchRates() {
  const again = useAgain()
  return useMutation({ mutationFn: () => fetchRates(), onSettled: again })
}

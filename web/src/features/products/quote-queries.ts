import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { Acceptance, Offer, Quote, Refusal } from '@/shared/api/generated/model'
import {
  acceptOffer,
  dealQuotes,
  declineOffer,
  offer,
  quoteLetter,
  shareQuote,
} from '@/shared/api/generated/sales'
import { quotesOf } from '@/shared/deal-parts'

export const quoteKeys = {
  all: ['quotes'] as const,
  letter: (id: string) => ['quotes', 'letter', id] as const,
  offer: (token: string) => ['offer', token] as const,
}

export const quotesQuery = (dealId: string) =>
  queryOptions({
    queryKey: quotesOf(dealId),
    queryFn: ({ signal }) => dealQuotes(dealId, { signal }),
  })

/** What the letter begins with is asked for each time: the contact may have another address now. */
export const letterQuery = (id: string) =>
  queryOptions({
    queryKey: quoteKeys.letter(id),
    queryFn: ({ signal }) => quoteLetter(id, { signal }),
    staleTime: Infinity,
    gcTime: 0,
  })

export function useShareQuote() {
  const told = useQuotesTold()
  return useMutation({
    mutationFn: ({ id }: Quote) => shareQuote(id),
    onSuccess: told,
  })
}

/** What changes a quote changes its deal, too. */
export function useQuotesTold() {
  const queries = useQueryClient()
  return () => {
    void queries.invalidateQueries({ queryKey: ['deals'] })
    return queries.invalidateQueries({ queryKey: quoteKeys.all })
  }
}

export const offerQuery = (token: string) =>
  queryOptions({
    queryKey: quoteKeys.offer(token),
    queryFn: ({ signal }) => offer(token, { signal }),
    retry: false,
  })

export function useAnswer(token: string) {
  const queries = useQueryClient()
  const show = (told: Offer) => queries.setQueryData(quoteKeys.offer(token), told)
  const again = () => queries.invalidateQueries({ queryKey: quoteKeys.offer(token) })
  return {
    accept: useMutation({
      mutationFn: (told: Acceptance) => acceptOffer(token, told),
      onSuccess: show,
      onError: again,
    }),
    decline: useMutation({
      mutationFn: (told: Refusal) => declineOffer(token, told),
      onSuccess: show,
      onError: again,
    }),
  }
}

import { queryOptions } from '@tanstack/react-query'
import { rates, ratesFeed } from '@/shared/api/generated/sales'
import { given } from '@/shared/lib/list'

export const RATES = ['rates']

/** Those in force on a day, or all of one currency until it. */
export const ratesQuery = (day: string | null, currency: string | undefined) => {
  const params = given({ day: day ?? undefined, currency })
  return queryOptions({
    queryKey: [...RATES, 'list', params],
    queryFn: ({ signal }) => rates(params, { signal }),
    placeholderData: (previous) => previous,
  })
}

export const ratesFeedQuery = () =>
  queryOptions({ queryKey: [...RATES, 'feed'], queryFn: ({ signal }) => ratesFeed({ signal }) })

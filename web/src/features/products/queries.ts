import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type {
  DealLinesDraft,
  ListProductsParams,
  PriceListChange,
  PriceListDraft,
  ProductChange,
  ProductDraft,
  ProductPrices,
  SellerChange,
} from '@/shared/api/generated/model'
import {
  addPriceList,
  addProduct,
  changePriceList,
  changeProduct,
  changeSeller,
  dealLines,
  listProducts,
  priceLists,
  productPrices,
  seller,
  setDealLines,
  setProductPrices,
} from '@/shared/api/generated/sales'
import { dealPart } from '@/shared/deal-parts'
import { given, listQuery, pageSize } from '@/shared/lib/list'

export const productKeys = {
  all: ['products'] as const,
  lists: ['products', 'list'] as const,
  prices: (id: string) => ['products', 'prices', id] as const,
  priceLists: ['products', 'price-lists'] as const,
  seller: ['products', 'seller'] as const,
}

export const productsQuery = (params: ListProductsParams) => {
  const set = given(params)
  return listQuery([...productKeys.lists, set] as const, (after, signal) =>
    listProducts(given({ limit: pageSize(after), ...set, after }), { signal }),
  )
}

export const pricesQuery = (id: string) =>
  queryOptions({
    queryKey: productKeys.prices(id),
    queryFn: ({ signal }) => productPrices(id, { signal }),
  })

export const priceListsQuery = () =>
  queryOptions({
    queryKey: productKeys.priceLists,
    queryFn: ({ signal }) => priceLists({ signal }),
  })

export const sellerQuery = () =>
  queryOptions({ queryKey: productKeys.seller, queryFn: ({ signal }) => seller({ signal }) })

export const linesQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: dealPart(id, 'lines', version),
    queryFn: ({ signal }) => dealLines(id, { signal }),
    placeholderData: (previous) => previous,
  })

function useChange<T, A>(change: (told: T) => Promise<A>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: () => queries.invalidateQueries({ queryKey: productKeys.all }),
  })
}

export const useAddProduct = () =>
  useChange((sent: { draft: ProductDraft; once: RequestInit }) => addProduct(sent.draft, sent.once))

export const useChangeProduct = (id: string) =>
  useChange((change: ProductChange) => changeProduct(id, change))

export const useSetPrices = (id: string) =>
  useChange((told: ProductPrices) => setProductPrices(id, told))

export const useAddPriceList = () => useChange((draft: PriceListDraft) => addPriceList(draft))

export const useChangePriceList = () =>
  useChange(({ id, ...change }: PriceListChange & { id: string }) => changePriceList(id, change))

export const useChangeSeller = () => useChange((change: SellerChange) => changeSeller(change))

export function useSetLines(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (draft: DealLinesDraft) => setDealLines(id, draft),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['deals'] }),
  })
}

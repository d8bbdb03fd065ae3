import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod/mini'
import { ProductsPage } from '@/features/products/products-page'

export const Route = createFileRoute('/_app/products')({
  validateSearch: z.object({
    q: z.optional(z.catch(z.string(), '')),
    archived: z.optional(z.catch(z.boolean(), false)),
  }),
  component: Products,
})

function Products() {
  const navigate = Route.useNavigate()
  const search = Route.useSearch()
  return <ProductsPage search={search} onSearch={(next) => void navigate({ search: next })} />
}

import { createFileRoute } from '@tanstack/react-router'
import { SellerPage } from '@/features/products/seller-page'

export const Route = createFileRoute('/_app/administration/seller')({
  component: SellerPage,
})

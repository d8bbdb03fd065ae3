import { createFileRoute } from '@tanstack/react-router'
import { OfferPage } from '@/features/products/offer-page'

export const Route = createFileRoute('/q/$token')({ component: OfferOfLink })

function OfferOfLink() {
  const { token } = Route.useParams()
  return <OfferPage key={token} token={token} />
}

import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { CustomField } from '@/shared/api/generated/model'
import { NAMED_AS, type CustomKind } from '@/shared/custom-fields'
import { useCustomText } from '@/shared/custom-words'
import { nameQuery } from '@/shared/reference'

const PAGES = { company: '/companies/$id', person: '/people/$id', deal: '/deals/$id' } as const

type Props = { field: CustomField; value: unknown; plain?: boolean }

/** The value of a field that was added; a link leads to its record, unless it is `plain`. */
export function CustomValue({ field, value, plain }: Props) {
  const text = useCustomText()
  if (!field.links_to) return text(field, value)
  return <Linked of={field.links_to} id={String(value)} plain={plain ?? false} />
}

function Linked({ of, id, plain }: { of: CustomKind; id: string; plain: boolean }) {
  const { t } = useLingui()
  const { data: name, isError } = useQuery(nameQuery(NAMED_AS[of], id))
  if (isError) return t`a record out of reach`
  if (plain || name === undefined) return name ?? '…'
  return (
    <Link to={PAGES[of]} params={{ id }} onClick={(event) => event.stopPropagation()}>
      {name}
    </Link>
  )
}

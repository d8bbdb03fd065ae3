import { Select, type SelectProps } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useFormat } from '@/shared/i18n/format'
import { sellerQuery } from './queries'

type Props = Omit<SelectProps, 'value' | 'onChange' | 'data'> & {
  value: string | null
  onChange: (rate: string | null) => void
}

/** A rate of VAT of those the installation uses; a record keeps one that is no longer among them. */
export function VatSelect({ value, onChange, ...rest }: Props) {
  const { t } = useLingui()
  const format = useFormat()
  const { data } = useQuery(sellerQuery())
  const rates = new Set([...(data?.vat_rates ?? []), ...(value === null ? [] : [value])])
  return (
    <Select
      allowDeselect={false}
      value={value ?? 'none'}
      onChange={(rate) => onChange(rate === 'none' ? null : rate)}
      data={[
        { value: 'none', label: t`No VAT` },
        ...[...rates].map((rate) => ({ value: rate, label: `${format.exact(rate)} %` })),
      ]}
      {...rest}
    />
  )
}

import { useLingui } from '@lingui/react/macro'
import { useFormat } from '@/shared/i18n/format'

/** What a cell of a forecast is called: its month, or why it has none. */
export function useCellName() {
  const { t } = useLingui()
  const format = useFormat()
  return ({ month, late }: { month: string | null; late: boolean }) =>
    month ? format.fullMonth(month) : late ? t`Overdue` : t`Without a date`
}

/**
 * The keys of what is shown beside a deal, read with it or by itself. Under the deal's own key: what
 * changes the deal has it read again, too.
 */
export const dealPart = (
  id: string,
  part: 'contacts' | 'competitors' | 'lines' | 'stages',
  version: number,
) => ['deals', 'one', id, part, version] as const

/** Quotes change without their deal. */
export const quotesOf = (dealId: string) => ['quotes', 'of', dealId] as const

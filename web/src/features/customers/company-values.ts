import type { CustomValues } from '@/shared/custom-fields'
import type { Picked } from '@/shared/picked'

/** A new company, before anything is typed. */
export const NO_COMPANY = {
  name: '',
  legal_name: '',
  inn: '',
  kpp: '',
  ogrn: '',
  address: '',
  size: '' as number | '',
  parent: null as Picked | null,
  domain: '',
  phones: [] as string[],
  emails: [] as string[],
  links: [] as string[],
  city: '',
  industry: '',
  tags: [] as string[],
  source: '',
  about: '',
  custom: {} as CustomValues,
}

export type CompanyValues = typeof NO_COMPANY

import { i18n } from '@lingui/core'

export const LOCALES = { ru: 'Русский', en: 'English' } as const
export type Locale = keyof typeof LOCALES

export const isLocale = (value: string): value is Locale => value in LOCALES

/**
 * Shows the interface in `locale` from now on, and at the next visit unless it is not `kept`;
 * nothing is reloaded.
 */
export async function activate(locale: Locale, { kept = true } = {}): Promise<void> {
  const catalogue = (await import(`../../locales/${locale}.po`)) as {
    messages: Record<string, string>
  }
  i18n.loadAndActivate({ locale, messages: catalogue.messages })
  document.documentElement.lang = locale
  if (!kept) return
  try {
    localStorage.setItem('gausdo.locale', locale)
  } catch {
    // storage may be forbidden: the choice then lasts until the page is closed
  }
}

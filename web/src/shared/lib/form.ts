import { useLingui } from '@lingui/react'
import { useForm, type FormErrors, type UseFormReturnType } from '@mantine/form'
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react'
import { ApiError, keyed } from '@/shared/api/http'
import { fieldName } from '@/shared/i18n/fields'
import { fieldText, problemText } from '@/shared/i18n/problems'
import { dropDraft, readDraft, writeDraft } from '@/shared/lib/draft'

type Values = Record<string, unknown>

export type DraftForm<V extends Values> = {
  form: UseFormReturnType<V>
  /** What a field of our own needs: its value, its change, its error. */
  field: <K extends keyof V & string>(
    name: K,
  ) => { value: V[K]; onChange: (value: V[K]) => void; error: ReactNode }
  /**
   * How the form is sent: under one key until it is refused, also after a reload, so that a repeated
   * send of the same values creates nothing twice; no longer waiting once the form is closed.
   */
  once: () => RequestInit
  /** The version of the record that editing began at; `undefined` for a new one. */
  began: number | undefined
  /** What the server refused as a whole, in words; `undefined` while nothing is wrong. */
  problem: string | undefined
  /** Puts a refusal on the fields it names, or above the form, or says `words` above it. */
  refuse: (error: unknown, words?: string) => void
  /** Forgets the kept values: they are saved. */
  discard: () => void
  /** Forgets the kept values and shows the record, or the empty form, again. */
  restart: () => void
  /** True when values of an earlier, unfinished visit were put back. */
  restored: boolean
}

type Options<V extends Values> = {
  /** Under what name unsaved values are kept. */
  draft: string
  initial: V
  /** The version of the record `initial` is of. */
  version?: number
  validate: (values: V) => FormErrors
  /** Fields whose values are not left in the browser. */
  unkept?: readonly (keyof V & string)[]
  /** A name the API uses for a field, to the form's name of it. */
  fields?: Readonly<Record<string, string>> | ((field: string) => string | undefined)
}

type Kept<V> = { values: Partial<V>; key: string; began?: number | undefined }

/** The version of the record a stale change was refused for, which its words tell of. */
export function versionNow(error: unknown): number | undefined {
  if (!(error instanceof ApiError) || error.code !== 'stale') return undefined
  return (error.data as { current?: { version: number } } | undefined)?.current?.version
}

/** How the keys of added fields begin that are kept encrypted. */
const SEALED = 'sealed_'

/** Without fields that are not left in the browser, and those that are kept encrypted. */
function without<V extends Values>(values: Partial<V>, names: readonly string[]): Partial<V> {
  const kept = Object.entries(values).flatMap(([name, value]) => {
    if (names.includes(name)) return []
    if (name !== 'custom' || typeof value !== 'object' || value === null) return [[name, value]]
    const plain = Object.entries(value).filter(([key]) => !key.startsWith(SEALED))
    return [[name, Object.fromEntries(plain)]]
  })
  return Object.fromEntries(kept) as Partial<V>
}

/** A form that keeps what was typed, and puts the server's refusals where they belong. */
export function useDraftForm<V extends Values>(options: Options<V>): DraftForm<V> {
  const { i18n } = useLingui()
  const { draft, initial, version, validate, fields, unkept = [] } = options
  const [kept] = useState(() => readDraft<Kept<V>>(draft))
  const key = useRef(kept?.key ?? crypto.randomUUID())
  const [began, setBegan] = useState(kept ? (kept.began ?? version) : version)
  const [restored, setRestored] = useState(kept !== undefined)
  const [problem, setProblem] = useState<string>()
  const closed = useRef(new AbortController())
  const keep = (values: Partial<V>, at: number | undefined) =>
    writeDraft(draft, { values: without(values, unkept), key: key.current, began: at })
  const form = useForm<V>({
    mode: 'controlled',
    initialValues: kept ? { ...initial, ...kept.values } : initial,
    validate,
    onValuesChange: (values) => keep(values, began),
  })
  const { setErrors, setValues, getValues } = form

  useEffect(() => {
    if (closed.current.signal.aborted) closed.current = new AbortController()
    const { current } = closed
    return () => current.abort()
  }, [])

  function refuse(error: unknown, words?: string) {
    const named: FormErrors = {}
    const loose: string[] = []
    const data = error instanceof ApiError ? error.data : undefined
    for (const entry of error instanceof ApiError ? error.errors : []) {
      const own = typeof fields === 'function' ? fields(entry.field) : fields?.[entry.field]
      // those that were added have a place of their own below
      const whole = entry.field.startsWith('custom.') ? entry.field : entry.field.split('.')[0]
      const field = own ?? whole ?? ''
      if ((field.split('.')[0] ?? '') in initial) named[field] = fieldText(i18n, entry, data)
      else loose.push(`${fieldName(i18n, entry.field)}: ${fieldText(i18n, entry, data)}`)
    }
    setErrors(named)
    if (words !== undefined || Object.keys(named).length === 0 || loose.length > 0) {
      setProblem([words ?? problemText(i18n, error), ...loose].join(' '))
    } else setProblem(undefined)
    // the values will differ next time, and so must the key; an unreached server is asked again
    if (error instanceof ApiError && error.status >= 400 && error.status < 500) {
      key.current = crypto.randomUUID()
    }
    // the words have told what a colleague changed: saving again puts this over it knowingly
    const at = versionNow(error) ?? began
    setBegan(at)
    keep(getValues(), at)
  }

  const discard = useCallback(() => {
    dropDraft(draft)
    key.current = crypto.randomUUID()
  }, [draft])

  function restart() {
    setValues(initial)
    setErrors({})
    setProblem(undefined)
    setBegan(version)
    setRestored(false)
    discard()
  }

  const field: DraftForm<V>['field'] = (name) => ({
    value: form.values[name],
    onChange: (value) => form.setFieldValue(name as string, value as never),
    error: form.errors[name],
  })
  const once = () => keyed(key.current, closed.current.signal)
  return { form, field, once, began, problem, refuse, discard, restart, restored }
}

import { useLingui } from '@lingui/react'
import { useForm, type FormErrors, type UseFormReturnType } from '@mantine/form'
import { useCallback, useState, type ReactNode } from 'react'
import { ApiError } from '@/shared/api/http'
import { fieldText, problemText } from '@/shared/i18n/problems'
import { dropDraft, readDraft, writeDraft } from '@/shared/lib/draft'

type Values = Record<string, unknown>

export type DraftForm<V extends Values> = {
  form: UseFormReturnType<V>
  /** What a field of our own needs: its value, its change, its error. */
  field: <K extends keyof V & string>(
    name: K,
  ) => { value: V[K]; onChange: (value: V[K]) => void; error: ReactNode }
  /** One per opened form: a repeated send of the same values creates nothing twice. */
  key: string
  /** What the server refused as a whole, in words; `undefined` while nothing is wrong. */
  problem: string | undefined
  /** Puts a refusal on the fields it names, or above the form. */
  refuse: (error: unknown) => void
  /** Forgets the kept values: they are saved, or the person does not want them. */
  discard: () => void
  /** True when values of an earlier, unfinished visit were put back. */
  restored: boolean
}

type Options<V extends Values> = {
  /** Under what name unsaved values are kept. */
  draft: string
  initial: V
  validate: (values: V) => FormErrors
  /** A name the API uses for a field, to the form's name of it. */
  fields?: Readonly<Record<string, string>> | ((field: string) => string | undefined)
}

/** A form that keeps what was typed, and puts the server's refusals where they belong. */
export function useDraftForm<V extends Values>(options: Options<V>): DraftForm<V> {
  const { i18n } = useLingui()
  const { draft, initial, validate, fields } = options
  const [kept] = useState(() => readDraft<V>(draft))
  const [key, setKey] = useState<string>(() => crypto.randomUUID())
  const [problem, setProblem] = useState<string>()
  const form = useForm<V>({
    mode: 'controlled',
    initialValues: kept ? { ...initial, ...kept } : initial,
    validate,
    onValuesChange: (values) => writeDraft(draft, values),
  })
  const { setErrors } = form

  const refuse = useCallback(
    (error: unknown) => {
      const named: FormErrors = {}
      const loose: string[] = []
      for (const entry of error instanceof ApiError ? error.errors : []) {
        const own = typeof fields === 'function' ? fields(entry.field) : fields?.[entry.field]
        const field = own ?? entry.field.split('.')[0] ?? ''
        if ((field.split('.')[0] ?? '') in initial) named[field] = fieldText(i18n, entry)
        else loose.push(`${entry.field}: ${fieldText(i18n, entry)}`)
      }
      setErrors(named)
      if (Object.keys(named).length === 0 || loose.length > 0) {
        setProblem([problemText(i18n, error), ...loose].join(' '))
      } else setProblem(undefined)
      // the values will differ next time, and so must the key; an unreached server is asked again
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) {
        setKey(crypto.randomUUID())
      }
    },
    // oxlint-disable-next-line react/exhaustive-deps -- the field names do not change while it is open
    [i18n, setErrors],
  )
  const discard = useCallback(() => dropDraft(draft), [draft])
  const field: DraftForm<V>['field'] = (name) => ({
    value: form.values[name],
    onChange: (value) => form.setFieldValue(name as string, value as never),
    error: form.errors[name],
  })
  return { form, field, key, problem, refuse, discard, restored: kept !== undefined }
}

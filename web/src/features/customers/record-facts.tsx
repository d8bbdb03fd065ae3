import { Stack } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import type { Named, Reachable } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import { useFormat } from '@/shared/i18n/format'
import { useWithheld } from '@/shared/reference'
import { CountInput } from '@/ui/count-input'
import { Editable } from '@/ui/editable'
import { TextEditor } from '@/ui/editors'
import type { Fact } from '@/ui/facts'
import { OwnerSelect } from '@/ui/owner-select'
import { useDuplicate } from './duplicate'
import { LinesInput } from './lines-input'
import { CompanyPicker } from './pickers'

type Change = Record<string, unknown>

/** What opens a way to reach somebody, before what it is compared by; a link leads there itself. */
const SCHEMES = { phones: 'tel:', emails: 'mailto:', links: '' }

/** Makers of the facts companies and people have in common, each changed in its place. */
export function useFactMakers(
  kind: 'company' | 'person',
  { id, version }: { id: string; version: number },
  mayEdit: boolean,
  save: (change: Change, version: number) => Promise<unknown>,
) {
  const { t } = useLingui()
  const stale = useExplain(kind)
  const format = useFormat()
  const duplicate = useDuplicate()
  const explain = (error: unknown) => duplicate(error)?.message ?? stale(error)
  const record = `${kind}.${id}`
  const withheld = useWithheld(`customers.${kind}.edit`)
  const of = (field: string) => ({
    explain,
    name: `${record}.${field}`,
    disabled: !mayEdit || withheld.includes(field),
    version,
  })

  const text = (
    field: string,
    label: string,
    value: string | null,
    options: { multiline?: boolean; href?: string; maxLength?: number } = {},
  ): Fact => ({
    label,
    field,
    value: (
      <Editable
        {...of(field)}
        label={label}
        value={value ?? ''}
        empty={!value}
        multiline={options.multiline ?? false}
        onSave={(next, began) => save({ [field]: next.trim() || null }, began)}
        editor={(props) => (
          <TextEditor
            label={label}
            multiline={options.multiline ?? false}
            maxLength={options.maxLength}
            {...props}
          />
        )}
        link={
          options.href &&
          value && (
            <a className="g-link" href={options.href} target="_blank" rel="noreferrer noopener">
              {value}
            </a>
          )
        }
      >
        {value}
      </Editable>
    ),
  })

  const count = (field: string, label: string, value: number | null): Fact => ({
    label,
    field,
    value: (
      <Editable<number | string>
        {...of(field)}
        label={label}
        value={value ?? ''}
        empty={value === null}
        onSave={(next, began) => save({ [field]: next === '' ? null : next }, began)}
        editor={(props) => (
          <CountInput
            autoFocus
            aria-label={label}
            value={props.value}
            onChange={props.onChange}
            onBlur={props.leave}
          />
        )}
      >
        {value !== null && format.number(value)}
      </Editable>
    ),
  })

  /** A company that is named by `field`. */
  const company = (field: string, label: string, value: Named | null): Fact => ({
    label,
    field,
    value: (
      <Editable
        {...of(field)}
        label={label}
        value={value && { id: value.id, name: value.name ?? '…' }}
        empty={!value}
        onSave={(chosen, began) => save({ [field]: chosen?.id ?? null }, began)}
        editor={(props) => (
          <CompanyPicker label={label} value={props.value} onChange={props.save} />
        )}
        link={
          value && (
            <Link to="/companies/$id" params={{ id: value.id }} className="g-link">
              {value.name ?? t`A company that is not yours to see`}
            </Link>
          )
        }
      >
        {value?.name}
      </Editable>
    ),
  })

  const lines = (
    field: keyof typeof SCHEMES,
    label: string,
    value: readonly Reachable[],
  ): Fact => ({
    label,
    field,
    value: (
      <Editable
        {...of(field)}
        label={label}
        value={value.map((entry) => entry.typed)}
        empty={value.length === 0}
        onSave={(next, began) => save({ [field]: next }, began)}
        multiline
        editor={(props) => (
          <LinesInput
            hidden
            autoFocus
            label={label}
            value={props.value}
            onChange={props.onChange}
            onBlur={props.leave}
          />
        )}
        link={
          value.length > 0 && (
            <Stack gap={2}>
              {value.map((entry) => (
                <a
                  key={entry.normal}
                  className="g-link"
                  href={SCHEMES[field] + entry.normal}
                  {...(field === 'links' && { target: '_blank', rel: 'noreferrer noopener' })}
                >
                  {entry.typed}
                </a>
              ))}
            </Stack>
          )
        }
      >
        {null}
      </Editable>
    ),
  })

  const owner = (user: string, name: string | null): Fact => ({
    label: t`Owner`,
    value: (
      <Editable
        {...of('owner_id')}
        label={t`Owner`}
        value={user}
        empty={false}
        onSave={(owner_id, began) => save({ owner_id }, began)}
        editor={(props) => (
          <OwnerSelect value={props.value} onChange={(chosen) => chosen && props.save(chosen)} />
        )}
      >
        {name ?? t`Another person`}
      </Editable>
    ),
  })

  return { of, save, text, count, company, lines, owner, explain }
}

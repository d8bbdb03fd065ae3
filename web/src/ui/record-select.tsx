import { CloseButton, Combobox, Loader, Text, TextInput, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useLingui } from '@lingui/react/macro'
import { IconPlus } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'

type Choice = { id: string; name: string; hint?: string | undefined }

type Props = {
  label: string
  /** The label is for those who hear it alone. */
  bare?: boolean | undefined
  value: Choice | null
  onChange: (value: Choice | null) => void
  /** What was found for the typed words. */
  choices: readonly Choice[]
  searching: boolean
  /** The server was not reached or would not search. */
  failed: boolean
  /** Told the typed words once the typing rests. */
  onSearch: (words: string) => void
  /** Offers to create what was typed. */
  onCreate?: ((name: string) => void) | undefined
  createVerb?: ((name: string) => string) | undefined
  creating?: boolean
  error?: ReactNode
  placeholder?: string | undefined
}

/** A field that finds one record by type-ahead, and may create the one that is missing. */
export function RecordSelect(props: Props) {
  const { value, onChange, onSearch, onCreate, createVerb } = props
  const { t } = useLingui()
  const [typed, setTyped] = useState<string>()
  const [words] = useDebouncedValue(typed ?? '', 200)
  const [asked, setAsked] = useState('')
  if (asked !== words) {
    setAsked(words)
    onSearch(words)
  }
  const box = useCombobox({ onDropdownClose: () => box.resetSelectedOption() })
  const name = (typed ?? '').trim()
  // until the answer for what is typed is here, of the last one only what fits
  const old = props.searching || (typed ?? '') !== words
  const fits = (choice: Choice) => choice.name.toLowerCase().includes(name.toLowerCase())
  const choices = old ? props.choices.filter(fits) : props.choices
  const exact = choices.some((choice) => choice.name.toLowerCase() === name.toLowerCase())
  const offered = onCreate !== undefined && name.length > 1 && !exact

  function submit(option: string) {
    if (option === '+') onCreate?.(name)
    else onChange(choices.find((choice) => choice.id === option) ?? null)
    setTyped(undefined)
    box.closeDropdown()
  }

  return (
    <Combobox store={box} onOptionSubmit={submit} withinPortal>
      <Combobox.Target>
        <TextInput
          {...(props.bare ? { 'aria-label': props.label } : { label: props.label })}
          placeholder={props.placeholder ?? t`Type to find`}
          error={props.error}
          value={typed ?? value?.name ?? ''}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
            box.openDropdown()
            box.updateSelectedOptionIndex()
          }}
          onFocus={() => box.openDropdown()}
          onClick={() => box.openDropdown()}
          onBlur={() => {
            if (typed === '') onChange(null)
            setTyped(undefined)
            box.closeDropdown()
          }}
          rightSection={
            props.searching || props.creating ? (
              <Loader size={14} />
            ) : (
              value && (
                <CloseButton
                  size="sm"
                  aria-label={t`Clear`}
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => {
                    setTyped(undefined)
                    onChange(null)
                  }}
                />
              )
            )
          }
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options mah={260} style={{ overflowY: 'auto' }}>
          {choices.map((choice) => (
            <Combobox.Option key={choice.id} value={choice.id}>
              <Text size="sm">{choice.name}</Text>
              {choice.hint && (
                <Text size="xs" c="dimmed">
                  {choice.hint}
                </Text>
              )}
            </Combobox.Option>
          ))}
          {offered && (
            <Combobox.Option value="+">
              <Text size="sm" c="var(--g-accent)" fw={520}>
                <IconPlus size={14} aria-hidden="true" /> {createVerb?.(name) ?? name}
              </Text>
            </Combobox.Option>
          )}
          {choices.length === 0 && !offered && (
            <Combobox.Empty>
              {old
                ? t`Searching…`
                : props.failed
                  ? t`This could not be searched`
                  : t`Nothing found`}
            </Combobox.Empty>
          )}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}

import { Combobox, Textarea, useCombobox } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useColleagues } from '@/shared/reference'
import { beginning, type Named } from './mentions'

const OFFERED = 6

type Props = {
  label: string
  placeholder?: string
  text: string
  named: Named
  error?: ReactNode
  onChange: (text: string, named: Named) => void
  onSend: () => void
  onCancel?: () => void
}

/** A text in which colleagues are named: `@` offers them. */
export function NoteInput({ label, placeholder, text, named, error, ...on }: Props) {
  const { t } = useLingui()
  const colleagues = useColleagues()
  const area = useRef<HTMLTextAreaElement>(null)
  const box = useCombobox({ onDropdownClose: () => box.resetSelectedOption() })
  const [begun, setBegun] = useState<ReturnType<typeof beginning>>()
  const sought = begun?.typed.toLocaleLowerCase()
  const offered =
    sought === undefined
      ? []
      : colleagues
          .filter((user) => user.name.toLocaleLowerCase().includes(sought))
          .slice(0, OFFERED)

  function look(field: HTMLTextAreaElement, now: string) {
    const found = beginning(now, field.selectionStart)
    setBegun(found)
    if (!found) return box.closeDropdown()
    box.openDropdown()
  }
  function choose(id: string) {
    const user = colleagues.find((one) => one.id === id)
    if (!user || !begun) return
    const end = begun.from + begun.typed.length + 1
    const written = `${text.slice(0, begun.from)}@${user.name} `
    on.onChange(written + text.slice(end).trimStart(), { ...named, [user.name]: user.id })
    setBegun(undefined)
    box.closeDropdown()
    requestAnimationFrame(() => {
      area.current?.focus()
      area.current?.setSelectionRange(written.length, written.length)
    })
  }
  const open = box.dropdownOpened && offered.length > 0
  const { selectFirstOption } = box
  useEffect(() => {
    if (open) selectFirstOption()
  }, [open, selectFirstOption])
  return (
    <Combobox store={box} onOptionSubmit={choose} width={280} position="bottom-start">
      <Combobox.EventsTarget withExpandedAttribute={false}>
        <Textarea
          ref={area}
          autosize
          minRows={2}
          maxRows={10}
          maxLength={20_000}
          aria-label={label}
          placeholder={placeholder}
          value={text}
          error={error}
          onBlur={() => box.closeDropdown()}
          onChange={(event) => {
            const field = event.currentTarget
            on.onChange(field.value, named)
            look(field, field.value)
          }}
          onKeyDown={(event) => {
            const first = offered[0]
            if (open && first && (event.key === 'Enter' || event.key === 'Tab')) {
              const chosen = box.getSelectedOptionIndex() !== -1
              if (chosen && event.key === 'Enter') return
              event.preventDefault()
              if (chosen) box.clickSelectedOption()
              else choose(first.id)
              return
            }
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) on.onSend()
            if (event.key === 'Escape') {
              if (open) {
                event.stopPropagation()
                box.closeDropdown()
              } else on.onCancel?.()
            }
          }}
        />
      </Combobox.EventsTarget>
      <Combobox.DropdownTarget>
        <span className="nt-names" />
      </Combobox.DropdownTarget>
      <Combobox.Dropdown hidden={!open}>
        <Combobox.Options aria-label={t`Colleagues`}>
          {offered.map((user) => (
            <Combobox.Option key={user.id} value={user.id}>
              {user.name}
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}

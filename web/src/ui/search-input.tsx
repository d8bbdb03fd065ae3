import { TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { useKey } from '@/ui/use-key'
import { useRested } from '@/ui/use-rested'

type Props = { label: string; value: string; onSearch: (words: string) => void }

/** A page's own search: the `/` key leads to it, it asks once the typing rests. */
export function SearchInput({ label, value, onSearch }: Props) {
  const input = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState(value)
  // words this field has not sent came from elsewhere: the filters were cleared, or one went back
  const [sent, setSent] = useState(value)
  const [seen, setSeen] = useState(value)
  if (value !== seen) {
    setSeen(value)
    if (value !== sent) setTyped(value)
  }
  const search = useRested((words: string) => {
    setSent(words)
    onSearch(words)
  }, 250)
  useKey('Slash', () => input.current?.focus())
  return (
    <TextInput
      ref={input}
      className="g-search"
      type="search"
      placeholder={label}
      aria-label={label}
      leftSection={<IconSearch size={16} aria-hidden="true" />}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value)
        search(event.currentTarget.value.trim())
      }}
    />
  )
}

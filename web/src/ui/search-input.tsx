import { TextInput } from '@mantine/core'
import { useDebouncedCallback, useHotkeys } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useRef } from 'react'

type Props = { label: string; value: string; onSearch: (words: string) => void }

/** A page's own search: the `/` key leads to it, it asks once the typing rests. */
export function SearchInput({ label, value, onSearch }: Props) {
  const input = useRef<HTMLInputElement>(null)
  const search = useDebouncedCallback(onSearch, 250)
  useHotkeys([['/', () => input.current?.focus()]])
  return (
    <TextInput
      ref={input}
      w={{ base: '100%', xs: 240 }}
      type="search"
      placeholder={label}
      aria-label={label}
      leftSection={<IconSearch size={16} aria-hidden="true" />}
      defaultValue={value}
      onChange={(event) => search(event.currentTarget.value.trim())}
    />
  )
}

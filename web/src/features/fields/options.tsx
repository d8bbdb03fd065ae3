import { ActionIcon, Button, Stack, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconArchive, IconArchiveOff, IconPlus, IconX } from '@tabler/icons-react'
import type { OptionDraft } from '@/shared/api/generated/model'

/** Each with a key: those that have none are called by their place. */
export function keyed(options: readonly OptionDraft[]): OptionDraft[] {
  const keys = new Set(options.map((option) => option.key).filter(Boolean))
  let number = 1
  return options.map((option) => {
    if (option.key) return option
    while (keys.has(`option_${number}`)) number += 1
    keys.add(`option_${number}`)
    return { ...option, key: `option_${number}` }
  })
}

type OptionsProps = {
  options: readonly OptionDraft[]
  /** Keys that records may have: such an option is put away and never left out. */
  taken: readonly string[]
  error: React.ReactNode
  onChange: (options: OptionDraft[]) => void
}

/** What a choice is made of. */
export function Options({ options, taken, error, onChange }: OptionsProps) {
  const { t } = useLingui()
  const put = (place: number, option: OptionDraft) =>
    onChange(options.map((one, at) => (at === place ? option : one)))
  return (
    <Stack gap={6} role="group" aria-label={t`Options`}>
      <Text size="sm" fw={500}>{t`Options`}</Text>
      {options.map((option, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- new options have no keys yet
        <div key={place} className="cf-option">
          <TextInput
            aria-label={t`Option ${place + 1}`}
            maxLength={200}
            value={option.name}
            {...(option.archived && { description: t`Put away` })}
            onChange={(event) => put(place, { ...option, name: event.currentTarget.value })}
          />
          {taken.includes(option.key) ? (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={
                option.archived ? t`Use again: ${option.name}` : t`Put away: ${option.name}`
              }
              onClick={() => put(place, { ...option, archived: !option.archived })}
            >
              {option.archived ? <IconArchiveOff size={16} /> : <IconArchive size={16} />}
            </ActionIcon>
          ) : (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t`Leave out: ${option.name}`}
              onClick={() => onChange(options.filter((_, at) => at !== place))}
            >
              <IconX size={16} />
            </ActionIcon>
          )}
        </div>
      ))}
      {error && (
        <Text size="xs" c="red">
          {error}
        </Text>
      )}
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<IconPlus size={14} />}
        style={{ alignSelf: 'start' }}
        onClick={() => onChange([...options, { key: '', name: '' }])}
      >
        {t`Add an option`}
      </Button>
    </Stack>
  )
}

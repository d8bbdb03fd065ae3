import { useLingui } from '@lingui/react/macro'
import { personDocument } from '@/shared/api/generated/customers'
import type { Person } from '@/shared/api/generated/model'
import { SealedText } from '@/ui/sealed-text'
import type { SavePerson } from './changes'

type Props = {
  person: Person
  save: SavePerson
  explain: (error: unknown) => string
  /** The number is not one's own to change. */
  disabled: boolean
}

export function DocumentNumber({ person, save, explain, disabled }: Props) {
  const { t } = useLingui()
  return (
    <SealedText
      label={t`Identity document`}
      typedAs={t`Number of the identity document`}
      has={person.document}
      version={person.version}
      maxLength={50}
      read={async () => (await personDocument(person.id)).number}
      save={(document, version) => save({ document }, version)}
      explain={explain}
      disabled={disabled}
    />
  )
}

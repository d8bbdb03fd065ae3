import type { ComponentType, ReactNode } from 'react'

/** A record chosen in a form, by id and the name shown for it. */
export type Picked = { id: string; name: string }

export type PickerProps = {
  label: string
  value: Picked | null
  onChange: (value: Picked | null) => void
  error?: ReactNode
  placeholder?: string
  /** People of this company are offered first. */
  company?: Picked | null
}

/** A field that finds a record by type-ahead; a feature gives it to the others. */
export type Picker = ComponentType<PickerProps>

import { Button, SimpleGrid, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useId, useState } from 'react'
import type { DraftForm } from '@/shared/lib/form'
import { CountInput } from '@/ui/count-input'
import { Offered } from '@/ui/form-parts'
import type { CompanyValues } from './company-values'
import { CompanyPicker } from './pickers'

const FIELDS = ['legal_name', 'kpp', 'ogrn', 'address', 'size', 'parent'] as const

/** What few fill in at once; open where something stands in it, or is wrong with it. */
export function LegalFields({ kept: { form, field } }: { kept: DraftForm<CompanyValues> }) {
  const { t } = useLingui()
  const [shown, setShown] = useState(false)
  const id = useId()
  const open = shown || FIELDS.some((name) => Boolean(form.values[name] || form.errors[name]))
  const Icon = open ? IconChevronDown : IconChevronRight
  return (
    <>
      <Button
        variant="subtle"
        size="compact-sm"
        style={{ alignSelf: 'flex-start' }}
        leftSection={<Icon size={14} aria-hidden="true" />}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setShown(!open)}
      >
        {t`Legal details, employees, group`}
      </Button>
      {open && (
        <SimpleGrid id={id} cols={{ base: 1, xs: 2 }} spacing="sm">
          <Offered right="customers.company.create" field="legal_name">
            <TextInput
              label={t`Legal name`}
              maxLength={500}
              {...form.getInputProps('legal_name')}
            />
          </Offered>
          <Offered right="customers.company.create" field="address">
            <TextInput
              label={t`Legal address`}
              maxLength={500}
              {...form.getInputProps('address')}
            />
          </Offered>
          <Offered right="customers.company.create" field="kpp">
            <TextInput
              label={t`Registration reason code (KPP)`}
              maxLength={20}
              {...form.getInputProps('kpp')}
            />
          </Offered>
          <Offered right="customers.company.create" field="ogrn">
            <TextInput
              label={t`Register number (OGRN)`}
              inputMode="numeric"
              maxLength={20}
              {...form.getInputProps('ogrn')}
            />
          </Offered>
          <Offered right="customers.company.create" field="size">
            <CountInput label={t`Employees`} {...form.getInputProps('size')} />
          </Offered>
          <Offered right="customers.company.create" field="parent_id">
            <CompanyPicker label={t`Parent company`} {...field('parent')} />
          </Offered>
        </SimpleGrid>
      )}
    </>
  )
}

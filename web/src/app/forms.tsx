import { useNavigate } from '@tanstack/react-router'
import { TaskForm } from '@/features/activities/task-form'
import { CompanyForm } from '@/features/customers/company-form'
import { PersonForm } from '@/features/customers/person-form'
import { CompanyPicker, PersonPicker } from '@/features/customers/pickers'
import { DealForm } from '@/features/sales/deal-form'
import { DealPicker } from '@/features/sales/deal-picker'
import type { FormOf } from './dialogs'

type Props = { open: FormOf; onClose: () => void }

/** The forms that create something, put together of what the features offer each other. */
export function Forms({ open, onClose }: Props) {
  const navigate = useNavigate()
  switch (open.id) {
    case 'companies.create':
      return (
        <CompanyForm
          {...open.args}
          onCancel={onClose}
          onDone={(company) => {
            onClose()
            void navigate({ to: '/companies/$id', params: { id: company.id } })
          }}
        />
      )
    case 'people.create':
      return (
        <PersonForm
          {...open.args}
          onCancel={onClose}
          onDone={(person) => {
            onClose()
            void navigate({ to: '/people/$id', params: { id: person.id } })
          }}
        />
      )
    case 'tasks.create':
      return <TaskForm {...open.args} DealPicker={DealPicker} onDone={onClose} />
    default:
      return (
        <DealForm
          {...open.args}
          CompanyPicker={CompanyPicker}
          PersonPicker={PersonPicker}
          onDone={onClose}
        />
      )
  }
}

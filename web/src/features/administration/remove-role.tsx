import { Button } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Role } from '@/shared/api/generated/model'
import { useMay } from '@/shared/reference'
import { Confirm } from '@/ui/confirm'
import { useRemoveRole } from './changes'
import { useRefusal } from './refusals'

/** Takes away a role that people have written; who still has it is told. */
export function RemoveRole({ role }: { role: Role }) {
  const { t } = useLingui()
  const navigate = useNavigate()
  const remove = useRemoveRole()
  const refusal = useRefusal()
  const mayEdit = useMay('identity.role', 'edit')
  const [asked, setAsked] = useState(false)
  if (!mayEdit || role.code) return null
  const { name } = role

  async function confirm() {
    try {
      await remove.mutateAsync(role.id)
      notifications.show({ message: t`The role “${name}” is removed` })
      await navigate({ to: '/administration/roles' })
    } catch (error) {
      setAsked(false)
      const title = t`The role was not removed`
      notifications.show({ color: 'red', title, message: refusal.told(error) })
    }
  }

  return (
    <>
      <Button variant="default" onClick={() => setAsked(true)}>
        {t`Remove…`}
      </Button>
      <Confirm
        opened={asked}
        title={t`Remove the role “${name}”?`}
        verb={t`Remove`}
        busy={remove.isPending}
        onConfirm={() => void confirm()}
        onClose={() => setAsked(false)}
      >
        {t`Only a role that nobody has is removed. Its history stays.`}
      </Confirm>
    </>
  )
}

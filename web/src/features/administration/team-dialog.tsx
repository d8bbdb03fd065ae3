import { Button, Group, Modal, Select, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import type { Team } from '@/shared/api/generated/model'
import { useDraftForm } from '@/shared/lib/form'
import { useColleagues, useMay, useTeams } from '@/shared/reference'
import { Confirm } from '@/ui/confirm'
import { EntryForm } from '@/ui/form-parts'
import { useFocusBack } from '@/ui/use-focus-back'
import { useAddTeam, useChangeTeam, useRemoveTeam } from './changes'
import { useRefusal } from './refusals'
import { treeOf, withThoseBelow } from './team-tree'

type Props = {
  /** Absent for a new one. */
  team?: Team
  /** The new team stands below this one at first. */
  below?: string
  onClose: () => void
}

export function TeamDialog({ team, below, onClose }: Props) {
  const { t } = useLingui()
  useFocusBack()
  return (
    <Modal opened onClose={onClose} title={team ? team.name : t`New team`}>
      <TeamForm {...(team && { team })} {...(below && { below })} onClose={onClose} />
    </Modal>
  )
}

function TeamForm({ team, below, onClose }: Props) {
  const { t } = useLingui()
  const teams = useTeams()
  const colleagues = useColleagues()
  const refusal = useRefusal()
  const add = useAddTeam()
  const change = useChangeTeam()
  const initial = {
    name: team?.name ?? '',
    parent_id: team ? team.parent_id : (below ?? null),
    lead_id: team?.lead_id ?? null,
  }
  const kept = useDraftForm({
    draft: team ? `team.${team.id}` : `team.new.${below ?? ''}`,
    initial,
    ...(team && { version: team.version }),
    validate: (values) => ({ name: values.name.trim() ? null : t`Name the team` }),
  })
  const { form, once, began, refuse, discard } = kept
  const closed = team ? withThoseBelow(teams, team.id) : new Set<string>()
  const above = treeOf(teams).filter((placed) => !closed.has(placed.team.id))

  async function send(values: typeof initial) {
    try {
      if (team) {
        const sent = { ...values, version: began ?? team.version }
        await change.mutateAsync({ id: team.id, values: sent, once: once() })
      } else await add.mutateAsync({ values, once: once() })
      discard()
      onClose()
    } catch (error) {
      refuse(error, refusal.unnamed(error))
    }
  }

  return (
    <EntryForm
      kept={kept}
      onSubmit={form.onSubmit((values) => void send(values))}
      verb={team ? t`Save` : t`Add`}
      busy={add.isPending || change.isPending}
      onCancel={onClose}
    >
      <TextInput
        data-autofocus
        label={t`Name`}
        withAsterisk
        maxLength={200}
        {...form.getInputProps('name')}
      />
      <Select
        label={t`Team above`}
        placeholder={t`None: it stands on top`}
        clearable
        searchable
        data={above.map((placed) => ({
          value: placed.team.id,
          label: `${'– '.repeat(placed.depth)}${placed.team.name}`,
        }))}
        {...form.getInputProps('parent_id')}
      />
      <Select
        label={t`Lead`}
        description={t`Has the reach of this team and those below it, without being in it`}
        placeholder={t`Nobody leads it`}
        clearable
        searchable
        data={colleagues
          .filter((user) => user.active || user.id === team?.lead_id)
          .map((user) => ({ value: user.id, label: user.name }))}
        {...form.getInputProps('lead_id')}
      />
      {team && <Remove team={team} onDone={onClose} />}
    </EntryForm>
  )
}

/** Takes a team away; what is in the way is told. */
function Remove({ team, onDone }: { team: Team; onDone: () => void }) {
  const { t } = useLingui()
  const remove = useRemoveTeam()
  const refusal = useRefusal()
  const [asked, setAsked] = useState(false)
  const mayEdit = useMay('identity.team', 'edit')
  const { name } = team
  if (!mayEdit) return null
  return (
    <div>
      <Group justify="space-between" gap="xs">
        <Text
          size="sm"
          c="dimmed"
        >{t`Only a team without people and teams below it is removed.`}</Text>
        <Button size="compact-sm" variant="default" onClick={() => setAsked(true)}>
          {t`Remove the team…`}
        </Button>
      </Group>
      <Confirm
        opened={asked}
        title={t`Remove the team “${name}”?`}
        verb={t`Remove`}
        busy={remove.isPending}
        onClose={() => setAsked(false)}
        onConfirm={() =>
          remove.mutate(team.id, {
            onSuccess: () => {
              notifications.show({ message: t`The team “${name}” is removed` })
              onDone()
            },
            onError: (error) =>
              notifications.show({
                color: 'red',
                title: t`The team was not removed`,
                message: refusal.told(error),
              }),
            onSettled: () => setAsked(false),
          })
        }
      >
        {t`It leaves every list; its history stays.`}
      </Confirm>
    </div>
  )
}

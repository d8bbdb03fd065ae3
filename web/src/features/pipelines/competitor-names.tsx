import { ActionIcon, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { notifications } from '@mantine/notifications'
import { IconArchive, IconArchiveOff, IconPencil } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Competitor, CompetitorChange } from '@/shared/api/generated/model'
import { changeCompetitor } from '@/shared/api/generated/sales'
import { useExplain } from '@/shared/changes'
import { competitorsQuery } from '@/shared/competitors'
import { FormProblem } from '@/ui/form-parts'
import { Section } from '@/ui/page'
import { Tag } from '@/ui/tag'

/** The names of competitors that people have used: put right, or offered no more. */
export function CompetitorNames() {
  const { t } = useLingui()
  const { data } = useQuery(competitorsQuery())
  const [renaming, setRenaming] = useState<Competitor>()
  if (!data || data.length === 0) return null
  return (
    <Section title={t`Competitors`}>
      <Text size="sm" c="dimmed">
        {t`Names are remembered when they are first used in a deal. A new name is shown in all its deals.`}
      </Text>
      <ul className="pl">
        {data.map((one) => (
          <Row key={one.id} competitor={one} onRename={() => setRenaming(one)} />
        ))}
      </ul>
      {renaming && <Renaming competitor={renaming} onClose={() => setRenaming(undefined)} />}
    </Section>
  )
}

function useChange({ id, version }: Competitor) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (values: Omit<CompetitorChange, 'version'>) =>
      changeCompetitor(id, { version, ...values }),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['deals'] })
      return queries.invalidateQueries({ queryKey: competitorsQuery().queryKey })
    },
  })
}

type Props = { competitor: Competitor; onRename: () => void }

function Row({ competitor, onRename }: Props) {
  const { t } = useLingui()
  const explain = useExplain()
  const change = useChange(competitor)
  const { name, retired } = competitor
  const filing = retired ? t`Use again: ${name}` : t`Archive: ${name}`
  const rename = t`Rename: ${name}`
  const file = () =>
    change.mutate(
      { retired: !retired },
      {
        onError: (error) =>
          notifications.show({
            color: 'red',
            title: t`The competitor was not changed`,
            message: explain(error),
          }),
      },
    )
  return (
    <li className="pl-row">
      <div className="pl-text">
        {name} {retired && <Tag tone="neutral">{t`Not offered`}</Tag>}
      </div>
      <div className="pl-acts">
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={rename}
          title={rename}
          onClick={onRename}
        >
          <IconPencil size={16} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={filing}
          title={filing}
          loading={change.isPending}
          onClick={file}
        >
          {retired ? <IconArchiveOff size={16} /> : <IconArchive size={16} />}
        </ActionIcon>
      </div>
    </li>
  )
}

function Renaming({ competitor, onClose }: { competitor: Competitor; onClose: () => void }) {
  const { t } = useLingui()
  const explain = useExplain()
  const change = useChange(competitor)
  const [name, setName] = useState(competitor.name)
  return (
    <Modal opened onClose={onClose} title={t`Rename the competitor`}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (name.trim()) change.mutate({ name: name.trim() }, { onSuccess: onClose })
        }}
      >
        <Stack gap="sm">
          <FormProblem>{change.error && explain(change.error)}</FormProblem>
          <TextInput
            data-autofocus
            label={t`Name`}
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t`Cancel`}
            </Button>
            <Button type="submit" loading={change.isPending} disabled={!name.trim()}>
              {t`Save`}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

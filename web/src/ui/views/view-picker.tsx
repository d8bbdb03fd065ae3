import './views.css'
import { Button, Menu, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useLingui } from '@lingui/react/macro'
import {
  IconCheck,
  IconChevronDown,
  IconDeviceFloppy,
  IconHome,
  IconPencil,
  IconPlus,
  IconRestore,
  IconTrash,
} from '@tabler/icons-react'
import { useState } from 'react'
import type { View, ViewKind } from '@/shared/api/generated/model'
import { useExplain } from '@/shared/changes'
import { addressOf, keptOf, NO_VIEW, type ListSearch, type Looked } from '@/shared/views'
import { Confirm } from '@/ui/confirm'
import { useViewChanges } from './changes'
import { ViewDialog } from './view-dialog'

type Props = {
  title: string
  kind: ViewKind
  /** The views one has of this list. */
  known: readonly View[]
  looked: Looked
  onSearch: (search: ListSearch) => void
}

type Open = 'new' | 'rename' | 'remove' | undefined

/** The title of a list, and the views one has of it: opened, saved, shown to others, taken away. */
export function ViewPicker({ title, kind, known, looked, onSearch }: Props) {
  const { t } = useLingui()
  const explain = useExplain()
  const { change, remove, open } = useViewChanges()
  const [dialog, setDialog] = useState<Open>()
  const { view, state, changed } = looked
  const groups = [
    [t`My views`, known.filter((one) => one.seen_by === 'me')],
    [t`Views of the team`, known.filter((one) => one.seen_by === 'team')],
    [t`Views of everybody`, known.filter((one) => one.seen_by === 'all')],
  ] as const
  const refused = (error: unknown) => notifications.show({ color: 'red', message: explain(error) })
  const close = () => setDialog(undefined)
  const name = view?.name ?? ''

  function save() {
    if (!view) return
    change.mutate(
      { id: view.id, version: view.version, ...keptOf(state) },
      {
        onSuccess: (saved) => {
          notifications.show({ message: t`The view “${name}” is saved` })
          onSearch({ view: saved.id })
        },
        onError: refused,
      },
    )
  }
  return (
    <div className="vw-head">
      <Title order={1}>{title}</Title>
      <Menu position="bottom-start" width={280}>
        <Menu.Target>
          <Button
            variant="subtle"
            size="compact-md"
            className="vw-button"
            rightSection={<IconChevronDown size={15} aria-hidden="true" />}
          >
            <span className="g-sr">{t`View:`} </span>
            {view ? view.name : t`All`}
          </Button>
        </Menu.Target>
        <Menu.Dropdown className="vw-menu">
          <Menu.Item
            rightSection={!view && <IconCheck size={15} aria-label={t`chosen`} />}
            onClick={() => onSearch(addressOf({}, undefined, known))}
          >
            {t`All`}
          </Menu.Item>
          {groups.map(
            ([label, views]) =>
              views.length > 0 && (
                <div key={label} role="group" aria-label={label}>
                  <Menu.Label>{label}</Menu.Label>
                  {views.map((one) => (
                    <Menu.Item
                      key={one.id}
                      leftSection={
                        one.is_default && (
                          <IconHome size={15} aria-label={t`the list opens with it`} />
                        )
                      }
                      rightSection={
                        one.id === view?.id && <IconCheck size={15} aria-label={t`chosen`} />
                      }
                      onClick={() => onSearch({ view: one.id })}
                    >
                      {one.name}
                    </Menu.Item>
                  ))}
                </div>
              ),
          )}
          <Menu.Divider />
          {view?.editable && changed && (
            <Menu.Item leftSection={<IconDeviceFloppy size={16} />} onClick={save}>
              {t`Save`}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconPlus size={16} />} onClick={() => setDialog('new')}>
            {t`Save as…`}
          </Menu.Item>
          {view && (
            <Menu.Item
              leftSection={<IconHome size={16} />}
              onClick={() =>
                open.mutate(view, {
                  onSuccess: () => onSearch({ view: view.id }),
                  onError: refused,
                })
              }
            >
              {view.is_default ? t`Do not open the list with it` : t`Open the list with it`}
            </Menu.Item>
          )}
          {view?.editable && (
            <>
              <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setDialog('rename')}>
                {t`Name and who has it…`}
              </Menu.Item>
              <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => setDialog('remove')}>
                {t`Remove the view…`}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {view && changed && (
        <span className="vw-changed" role="status">
          {t({ message: 'changed', context: 'view' })}
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<IconRestore size={14} />}
            onClick={() => onSearch({ view: view.id })}
          >
            {t`Reset`}
          </Button>
        </span>
      )}
      {(dialog === 'new' || dialog === 'rename') && (
        <ViewDialog
          kind={kind}
          view={view}
          {...(dialog === 'new' && { state })}
          onClose={close}
          onDone={(saved) => {
            close()
            if (dialog === 'new') onSearch({ view: saved.id })
          }}
        />
      )}
      <Confirm
        opened={dialog === 'remove'}
        title={t`Remove the view “${name}”?`}
        verb={t`Remove`}
        busy={remove.isPending}
        onClose={close}
        onConfirm={() => {
          if (!view) return
          remove.mutate(view, {
            onSuccess: () => {
              close()
              onSearch(known.some((one) => one.is_default && one !== view) ? { view: NO_VIEW } : {})
            },
            onError: refused,
          })
        }}
      >
        {t`Whoever has it loses it. The records stay.`}
      </Confirm>
    </div>
  )
}

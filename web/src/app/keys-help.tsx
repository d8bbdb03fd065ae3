import { Kbd, Modal, Table } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useFocusBack } from '@/ui/use-focus-back'

/** Which keys do what. */
export function KeysHelp({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  useFocusBack()
  const groups: [string, [string[], string][]][] = [
    [
      t`Everywhere`,
      [
        [['Ctrl', 'K'], t`Find a record, a page or a command`],
        [['N'], t`Create what the page is about`],
        [['/'], t`Go to the page’s search`],
        [['?'], t`Show these keys`],
        [['Esc'], t`Close a dialog or a field; what was typed into a dialog is kept`],
      ],
    ],
    [
      t`On the board`,
      [
        [['←', '→', '↑', '↓'], t`Go from card to card`],
        [['Space'], t`Lift a card; the side arrows choose its stage, Space drops it`],
        [['Enter'], t`Open the deal`],
        [['X'], t`Choose a card, to change or move many at once`],
        [['E'], t`Change the sum, the day or the owner on the card`],
      ],
    ],
    [
      t`In a list`,
      [
        [['↑', '↓', 'Home', 'End'], t`Choose a row`],
        [['Enter'], t`Open the record`],
      ],
    ],
    [
      t`On a record’s page`,
      [
        [['Enter'], t`Change a value, and save it`],
        [['Ctrl', 'Enter'], t`Save a text of several lines`],
      ],
    ],
  ]
  return (
    <Modal opened onClose={onClose} title={t`Keys`} size="lg">
      {groups.map(([title, keys]) => (
        <Table key={title} captionSide="top" layout="fixed" verticalSpacing={6} mb="sm">
          <Table.Caption ta="left" fw={600}>
            {title}
          </Table.Caption>
          <Table.Tbody>
            {keys.map(([names, does]) => (
              <Table.Tr key={does}>
                <Table.Th scope="row" w={170} fw={400}>
                  {names.map((name) => (
                    <Kbd key={name} mr={4}>
                      {name}
                    </Kbd>
                  ))}
                </Table.Th>
                <Table.Td>{does}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ))}
    </Modal>
  )
}

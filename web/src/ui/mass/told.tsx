import { Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import type { MassPreview } from '@/shared/api/generated/model'

type Props = MassPreview & { deleting?: boolean }

/** What would become of the chosen records, in words. */
export function Told({ found, more, at_most, changing, same, refused, unseen, deleting }: Props) {
  const { t } = useLingui()
  return (
    <Text component="div" size="sm">
      {more && <div>{t`More than ${at_most} are found: the first ${at_most} are taken.`}</div>}
      <div>
        {deleting
          ? t`Will be deleted: ${changing} of ${found}.`
          : t`Will change: ${changing} of ${found}.`}
      </div>
      {same > 0 && <div>{t`So already: ${same}.`}</div>}
      {refused > 0 && (
        <div>
          {deleting ? t`Not yours to delete: ${refused}.` : t`Not yours to change: ${refused}.`}
        </div>
      )}
      {unseen > 0 && <div>{t`Not there any more, or not yours to see: ${unseen}.`}</div>}
    </Text>
  )
}

import { Button, Group, Modal, Stack } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Leaf } from '@/shared/conditions'
import { fieldsQuery, segmentFieldsQuery, type RightsObject } from '@/shared/reference'
import { Failure } from '@/ui/failure'
import { ListSkeleton } from '@/ui/skeletons'
import { useFocusBack } from '@/ui/use-focus-back'
import { LeafFields, useLeafProblems } from './leaf-fields'

export type ConditionProps = {
  /** What it is asked of, as rights call it and as people do: `sales.deal`, `deal`. */
  object: RightsObject
  kind: string
  /** It is the condition of a segment, which may ask more. */
  segment?: boolean | undefined
  leaf?: Leaf | undefined
  onApply: (leaf: Leaf) => void
  onClose: () => void
}

/** Adds a condition to a filter, or changes one of it. */
export function ConditionDialog(props: ConditionProps) {
  const { object, kind, segment = false, leaf: given, onApply, onClose } = props
  const { t } = useLingui()
  const { data, error, refetch } = useQuery(segment ? segmentFieldsQuery() : fieldsQuery())
  const fields = data && (data.find((known) => known.object === object)?.fields ?? [])
  const problemsOf = useLeafProblems()
  const [leaf, setLeaf] = useState(given)
  const [tried, setTried] = useState(false)
  useFocusBack()
  const field = fields?.find(({ name }) => name === leaf?.field)
  const problems = leaf ? problemsOf(leaf, field) : []
  return (
    <Modal opened onClose={onClose} title={given ? t`Change the condition` : t`Add a condition`}>
      {!fields && error && <Failure error={error} onRetry={() => void refetch()} />}
      {!fields && !error && <ListSkeleton />}
      {fields && (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            if (leaf && field && problems.length === 0) onApply(leaf)
            else setTried(true)
          }}
        >
          <Stack gap="md">
            <LeafFields
              fields={fields}
              kind={kind}
              mine={!segment}
              leaf={leaf}
              problems={tried ? problems : []}
              onChange={setLeaf}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {t`Cancel`}
              </Button>
              <Button type="submit" disabled={!field}>
                {t`Apply`}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  )
}

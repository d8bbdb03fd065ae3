import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { session, useProofNeeded } from '@/shared/api/session'
import { Failure } from '@/ui/failure'
import { ListSkeleton } from '@/ui/skeletons'
import { ProofForm } from './proof-form'
import { stateQuery } from './queries'

/** Before something dangerous the person proves once more who they are; then it is done. */
export function ProofDialog() {
  return useProofNeeded() ? <Dialog /> : null
}

function Dialog() {
  const { t } = useLingui()
  const { data: state, error, refetch } = useQuery(stateQuery())
  return (
    <Modal opened centered zIndex={410} onClose={() => session.proved(false)} title={t`Is it you?`}>
      {error && !state ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !state ? (
        <ListSkeleton />
      ) : state.need === 'enrolment' ? (
        <Stack gap="md">
          <Text size="sm">{t`From now on you need a second factor. Add one to go on.`}</Text>
          <Group justify="flex-end">
            <Button onClick={() => window.location.assign('/sign-in')}>
              {t`Add a second factor`}
            </Button>
          </Group>
        </Stack>
      ) : (
        <Stack gap="sm">
          <Text size="sm">{t`For this we ask once more; it is good for five minutes.`}</Text>
          <ProofForm ways={state.ways} verb={t`Go on`} onProved={() => session.proved(true)} />
        </Stack>
      )}
    </Modal>
  )
}

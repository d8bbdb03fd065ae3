import { Button, Divider, Group, Modal, Stack, Text } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { session, useProofNeeded } from '@/shared/api/session'
import { Failure } from '@/ui/failure'
import { ListSkeleton } from '@/ui/skeletons'
import { ProofForm } from './proof-form'
import { ProviderButtons, thisPage } from './provider-buttons'
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
          {state.ways.length > 0 && (
            <ProofForm ways={state.ways} verb={t`Go on`} onProved={() => session.proved(true)} />
          )}
          {state.provider_id && (
            <>
              {state.ways.length > 0 && <Divider label={t`or`} />}
              <ProviderButtons next={thisPage()} anewAt={state.provider_id} />
              <Text size="xs" c="dimmed">
                {t`It brings you back to this page. Then do once more what you were about to do.`}
              </Text>
            </>
          )}
        </Stack>
      )}
    </Modal>
  )
}

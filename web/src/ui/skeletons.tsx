import { Skeleton, Stack } from '@mantine/core'

const lines = (count: number) => Array.from({ length: count }, (_, index) => index)

/** The shape of a list that is on its way. */
export function ListSkeleton({ rows = 4, height = 40 }: { rows?: number; height?: number }) {
  return (
    <Stack gap={8} className="g-coming" aria-busy="true">
      {lines(rows).map((row) => (
        <Skeleton key={row} h={height} radius="md" />
      ))}
    </Stack>
  )
}

/** Something that may turn out to be nothing: it has no shape, what stands below waits for it. */
export const Coming = () => <div className="g-coming" aria-busy="true" hidden />

/** The shape of a record's page that is on its way. */
export function RecordSkeleton() {
  return (
    <div className="g-split g-record" aria-busy="true">
      <Skeleton h={360} radius="lg" />
      <div className="g-column">
        <Skeleton h={120} radius="lg" />
        <Skeleton h={280} radius="lg" />
      </div>
    </div>
  )
}

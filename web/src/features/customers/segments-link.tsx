import { Button } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconFilterStar } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useMay } from '@/shared/reference'

/** The way to the segments of companies and people. */
export function SegmentsLink() {
  const { t } = useLingui()
  if (!useMay('customers.segment', 'read')) return null
  return (
    <Button
      component={Link}
      to="/segments"
      variant="default"
      leftSection={<IconFilterStar size={16} />}
    >
      {t`Segments`}
    </Button>
  )
}

import { Button } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconFileImport } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useMay } from '@/shared/reference'

/** The way from a list to where files of such records are brought in. */
export function ImportLink({ kind }: { kind: 'companies' | 'people' | 'deals' }) {
  const { t } = useLingui()
  if (!useMay('integrations.import', 'create')) return null
  return (
    <Button
      component={Link}
      to={`/imports?kind=${kind}`}
      variant="default"
      leftSection={<IconFileImport size={16} />}
    >
      {t({ message: 'Import', context: 'verb' })}
    </Button>
  )
}

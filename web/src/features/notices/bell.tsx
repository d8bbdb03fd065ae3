import { useLingui } from '@lingui/react/macro'
import { IconBell } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { unreadQuery } from './queries'
import './bell.css'

/** The way to the notices, and how many are not read. */
export function Bell({ onClick }: { onClick?: () => void }) {
  const { t } = useLingui()
  const { data } = useQuery(unreadQuery())
  const count = data?.count ?? 0
  const shown = data?.more ? `${count}+` : String(count)
  const label = count > 0 ? t`Notices, unread: ${shown}` : t`Notices`
  return (
    <Link to="/notices" className="nt-bell" aria-label={label} title={label} onClick={onClick}>
      <IconBell size={19} stroke={1.7} aria-hidden="true" />
      {count > 0 && (
        <span className="nt-count" aria-hidden="true">
          {shown}
        </span>
      )}
    </Link>
  )
}

import { useLingui } from '@lingui/react/macro'
import { IconCloudOff, IconPlugConnectedX } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useConnection } from '@/shared/api/connection'
import './signs.css'

/** A short loss is nobody's business. */
const DOUBT_MS = 800

/** `value`, once it has been so for `ms`; what is falsy holds at once. */
function useLasting<T>(value: T, ms: number): T | undefined {
  const [lasting, setLasting] = useState<T>()
  useEffect(() => {
    const timer = setTimeout(() => setLasting(value), value ? ms : 0)
    return () => clearTimeout(timer)
  }, [value, ms])
  return value ? lasting : undefined
}

/** Says what is in the way while the server is away or changes of others are not heard of. */
export function Signs({ live }: { live: boolean }) {
  const { t } = useLingui()
  const connection = useConnection()
  const trouble = connection !== 'up' ? connection : live ? undefined : 'deaf'
  const shown = useLasting(trouble, trouble === 'deaf' ? 3000 : DOUBT_MS)
  const words = {
    lost: t`No connection. What you type is kept; it goes on by itself.`,
    away: t`The server is busy or restarting. What you type is kept; it goes on by itself.`,
    deaf: t`Changes of others do not arrive at the moment. Trying again…`,
  }
  const Icon = shown === 'deaf' ? IconCloudOff : IconPlugConnectedX
  return (
    <div role="status">
      {shown && (
        <div className="sn" data-sign={shown}>
          <Icon size={16} aria-hidden="true" />
          {words[shown]}
        </div>
      )}
    </div>
  )
}

import { useEffect, useState, type ComponentType } from 'react'

const AGAIN_MS = 5000

const fetchNotices = () => import('./notices-shown')

/**
 * Where short notices appear. Their code comes after the first paint; what is told before is kept
 * until then, and what could not be fetched is tried again.
 */
export function Notices() {
  const [Shown, setShown] = useState<ComponentType>()
  useEffect(() => {
    let timer = 0
    let wanted = true
    async function fetchPart() {
      try {
        const part = await fetchNotices()
        if (wanted) setShown(() => part.NoticesShown)
      } catch {
        if (wanted) timer = window.setTimeout(() => void fetchPart(), AGAIN_MS)
      }
    }
    void fetchPart()
    return () => {
      wanted = false
      clearTimeout(timer)
    }
  }, [])
  return Shown && <Shown />
}

import { useEffect, useRef, useState, type ReactNode } from 'react'

/** What is read only where somebody comes near to it: it lies far down a page. */
export function WhenSeen({ children }: { children: ReactNode }) {
  const [seen, setSeen] = useState(false)
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!place.current) return undefined
    const watch = new IntersectionObserver(
      (found) => {
        if (found.some((one) => one.isIntersecting)) setSeen(true)
      },
      { rootMargin: '200px' },
    )
    watch.observe(place.current)
    return () => watch.disconnect()
  }, [])
  return seen ? children : <div ref={place} style={{ minHeight: 120 }} />
}

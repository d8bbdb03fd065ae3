import { useEffect, useState } from 'react'

/** Of a dialog: when it is closed, the focus returns to what was focused when it was opened. */
export function useFocusBack(): void {
  // while it is drawn first, before it takes the focus itself
  const [from] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      // after the dialog has left the page and given the focus up
      setTimeout(() => {
        const lost = document.activeElement === null || document.activeElement === document.body
        if (lost && from instanceof HTMLElement && from.isConnected) from.focus()
      })
    },
    [from],
  )
}

import { useEffect, type Dispatch, type SetStateAction } from 'react'

/**
 * Keeps what is typed while the field that it is meant for is not there yet, or has no focus: until
 * keys arrive `within` what has it.
 */
export function useTypedAhead(within: string, setTyped: Dispatch<SetStateAction<string>>): void {
  useEffect(() => {
    function keep(event: KeyboardEvent) {
      const { key, target } = event
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
      if (target instanceof Element && target.closest(within)) return
      if (key.length === 1) setTyped((before) => before + key)
      else if (key === 'Backspace') setTyped((before) => before.slice(0, -1))
      else if (key !== 'Enter') return
      // nothing of it is for the page behind
      event.preventDefault()
      event.stopPropagation()
    }
    window.addEventListener('keydown', keep, { capture: true })
    return () => window.removeEventListener('keydown', keep, { capture: true })
  }, [within, setTyped])
}

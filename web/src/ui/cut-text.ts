/** Titles that were given here: a text that changes, or fits again, takes its own back. */
const given = new WeakSet<HTMLElement>()

function isCut(part: HTMLElement): boolean {
  if (part instanceof HTMLInputElement) return part.readOnly && part.scrollWidth > part.clientWidth
  const { textOverflow, webkitLineClamp } = getComputedStyle(part)
  return (
    (textOverflow === 'ellipsis' && part.scrollWidth > part.clientWidth) ||
    (webkitLineClamp !== 'none' && part.scrollHeight > part.clientHeight)
  )
}

function title(part: HTMLElement): void {
  if (part.title && !given.has(part)) return
  if (isCut(part)) {
    part.title = part instanceof HTMLInputElement ? part.value : part.innerText.trim()
    given.add(part)
  } else if (given.delete(part)) {
    part.removeAttribute('title')
  }
}

/** Whatever ends in an ellipsis for want of room is told whole where it is pointed at. */
export function tellCutTexts(): void {
  document.addEventListener('pointerover', ({ target }) => {
    let part = target instanceof Element ? target : null
    // what cuts may stand around what is pointed at: a cell around its link
    for (let up = 0; part && up < 4; up += 1, part = part.parentElement) {
      if (part instanceof HTMLElement) title(part)
    }
  })
}

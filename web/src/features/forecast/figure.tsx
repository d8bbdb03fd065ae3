type Props = { label: string; value: string; title?: string; onOpen: (() => void) | undefined }

/** A number with its name, which opens the deals behind it. */
export function Figure({ label, value, title, onOpen }: Props) {
  return (
    <div className="fc-figure">
      <dt>{label}</dt>
      <dd className="g-num" title={title}>
        {onOpen ? (
          <button type="button" className="g-link fc-open" onClick={onOpen}>
            {value}
          </button>
        ) : (
          value
        )}
      </dd>
    </div>
  )
}

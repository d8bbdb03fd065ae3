import { useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { rowsOf } from '@/shared/lib/list'
import { Section } from '@/ui/page'
import { ShowMore } from '@/ui/show-more'
import { Coming } from '@/ui/skeletons'
import { useMark } from './changes'
import { NoticeRow } from './notice-row'
import { mentionsQuery } from './queries'
import './notices.css'

/** Where one was named and has not looked yet; nothing where there is none. */
export function Mentions() {
  const { t } = useLingui()
  const source = useInfiniteQuery(mentionsQuery())
  const mark = useMark()
  const rows = rowsOf(source.data)
  if (source.isPending) return <Coming />
  if (rows.length === 0) return null
  return (
    <Section title={t`You were mentioned`}>
      <ul className="nt-list">
        {rows.map((row) => (
          <NoticeRow key={row.id} notice={row} onMark={mark.mutate} />
        ))}
      </ul>
      <ShowMore source={source} />
    </Section>
  )
}

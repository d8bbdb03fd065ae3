import { Group } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { Editable } from '@/ui/editable'
import type { Fact } from '@/ui/facts'
import { Tag } from '@/ui/tag'
import { SourceField, TagsField } from '@/ui/labels'
import type { useFactMakers } from './record-facts'

const LISTS = { company: '/companies', person: '/people' } as const

type Labelled = { tags: string[]; source: string | null }

/** The facts by which companies and people are told apart: tags lead to all that have them. */
export function useLabelFacts(
  kind: 'company' | 'person',
  { tags, source }: Labelled,
  { of, save }: ReturnType<typeof useFactMakers>,
): Fact[] {
  const { t } = useLingui()
  return [
    {
      label: t`Tags`,
      field: 'tags',
      value: (
        <Editable
          {...of('tags')}
          label={t`Tags`}
          value={tags}
          empty={tags.length === 0}
          onSave={(next, began) => save({ tags: next }, began)}
          multiline
          editor={(props) => (
            <TagsField
              hidden
              autoFocus
              kind={kind}
              label={t`Tags`}
              value={props.value}
              onChange={props.onChange}
              onBlur={props.leave}
            />
          )}
          link={
            tags.length > 0 && (
              <Group gap={4}>
                {tags.map((tag) => (
                  <Link
                    key={tag}
                    to={LISTS[kind]}
                    search={{ filter: { field: 'tags', op: 'contains', value: tag } }}
                  >
                    <Tag tone="blue">{tag}</Tag>
                  </Link>
                ))}
              </Group>
            )
          }
        >
          {null}
        </Editable>
      ),
    },
    {
      label: t`Source`,
      field: 'source',
      value: (
        <Editable
          {...of('source')}
          label={t`Source`}
          value={source ?? ''}
          empty={!source}
          onSave={(next, began) => save({ source: next.trim() || null }, began)}
          editor={(props) => (
            <SourceField
              kind={kind}
              autoFocus
              aria-label={t`Source`}
              value={props.value}
              onChange={props.onChange}
              onBlur={props.leave}
            />
          )}
        >
          {source}
        </Editable>
      ),
    },
  ]
}

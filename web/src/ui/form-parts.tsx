import { Alert, Button, Group, Stack, Textarea, type TextareaProps } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { IconAlertCircle, IconRestore } from '@tabler/icons-react'
import type { FormEvent, ReactNode } from 'react'
import { useWithheld, type RightName } from '@/shared/reference'

/** A long form is sent from its end: what is wrong stands at its beginning. */
const intoView = (element: HTMLElement | null) => element?.scrollIntoView({ block: 'nearest' })

/** What the server refused as a whole; read out and scrolled to when it appears. */
export function FormProblem({ children }: { children: ReactNode }) {
  if (!children) return null
  return (
    <Alert
      ref={intoView}
      role="alert"
      variant="default"
      icon={<IconAlertCircle color="var(--g-danger)" aria-hidden="true" />}
      p="sm"
    >
      {children}
    </Alert>
  )
}

/** Says that what was typed earlier is back, and lets one start afresh. */
export function DraftNotice({ shown, onDiscard }: { shown: boolean; onDiscard: () => void }) {
  const { t } = useLingui()
  if (!shown) return null
  return (
    <Alert variant="default" icon={<IconRestore aria-hidden="true" />} p="sm">
      <Group justify="space-between" gap="xs">
        {t`What you typed earlier is back.`}
        <Button size="compact-sm" variant="subtle" onClick={onDiscard}>
          {t`Start afresh`}
        </Button>
      </Group>
    </Alert>
  )
}

type FooterProps = { verb: string; busy: boolean; onCancel: () => void }

/** The last row of a form: the way back, and what it does. */
export function FormFooter({ verb, busy, onCancel }: FooterProps) {
  const { t } = useLingui()
  return (
    <Group className="g-form-footer" justify="flex-end" mt="xs">
      <Button variant="default" onClick={onCancel}>
        {t`Cancel`}
      </Button>
      <Button type="submit" loading={busy}>
        {verb}
      </Button>
    </Group>
  )
}

type OfferedProps = { right: RightName; field: string; children: ReactNode }

/** A field of a form, for whoever may fill it in: `field` is its name in the API. */
export function Offered({ right, field, children }: OfferedProps) {
  return useWithheld(right).includes(field) ? null : children
}

type EntryFormProps = FooterProps & {
  /** The form, as `useDraftForm` gives it. */
  kept: { problem: string | undefined; restored: boolean; restart: () => void }
  onSubmit: (event: FormEvent<HTMLFormElement>) => void
  children: ReactNode
}

/** A form in a dialog: what came back of an earlier visit, what is wrong, the fields, the last row. */
export function EntryForm({ kept, onSubmit, children, ...footer }: EntryFormProps) {
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack gap="sm">
        <DraftNotice shown={kept.restored} onDiscard={kept.restart} />
        <FormProblem>{kept.problem}</FormProblem>
        {children}
        <FormFooter {...footer} />
      </Stack>
    </form>
  )
}

/** A text of several lines, as tall as what is in it. */
export function Description(props: TextareaProps) {
  const { t } = useLingui()
  return <Textarea label={t`Description`} autosize minRows={2} maxRows={8} {...props} />
}

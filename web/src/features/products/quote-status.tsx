import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import type { QuoteStatus } from '@/shared/api/generated/model'
import { Tag, type Tone } from '@/ui/tag'

const STATUS: Record<QuoteStatus, { tone: Tone; told: MessageDescriptor }> = {
  draft: { tone: 'neutral', told: msg({ message: 'Draft', context: 'quote' }) },
  sent: { tone: 'blue', told: msg({ message: 'Sent', context: 'quote' }) },
  opened: { tone: 'violet', told: msg({ message: 'Opened', context: 'quote' }) },
  accepted: { tone: 'teal', told: msg({ message: 'Accepted', context: 'quote' }) },
  declined: { tone: 'red', told: msg({ message: 'Declined', context: 'quote' }) },
  expired: { tone: 'amber', told: msg({ message: 'Expired', context: 'quote' }) },
  superseded: { tone: 'neutral', told: msg({ message: 'Superseded', context: 'quote' }) },
}

/** How far a quote has come. */
export function QuoteTag({ status }: { status: QuoteStatus }) {
  const { i18n } = useLingui()
  const { tone, told } = STATUS[status]
  return <Tag tone={tone}>{i18n._(told)}</Tag>
}

/** Whether it can still be sent and answered. */
export const isOpen = (status: QuoteStatus) =>
  status === 'draft' || status === 'sent' || status === 'opened'

import type { I18n, MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { consentPurposes } from '@/shared/api/generated/customers'
import type { Channel, ConsentPurpose } from '@/shared/api/generated/model'

/** What people are asked to agree to; the archived ones last. */
export const purposesQuery = () =>
  queryOptions({
    queryKey: ['consent-purposes'],
    queryFn: ({ signal }) => consentPurposes({ signal }),
  })

/** Ways somebody is reached, in the order they are told; a purpose that is about none has `any`. */
export const CHANNELS = ['email', 'call', 'sms', 'messenger', 'post'] as const

const NAMED: readonly Channel[] = [...CHANNELS, 'any']

const CHANNEL_NAMES: Record<Channel, MessageDescriptor> = {
  email: msg({ message: 'E-mail', context: 'channel' }),
  call: msg({ message: 'Phone call', context: 'channel' }),
  sms: msg({ message: 'SMS', context: 'channel' }),
  messenger: msg({ message: 'Messenger', context: 'channel' }),
  post: msg({ message: 'Post', context: 'channel' }),
  any: msg({ message: 'Any channel', context: 'channel' }),
}

type OfChannel = { channel: Channel }

/** As channels are told. */
export const inOrder = (one: OfChannel, other: OfChannel): number =>
  NAMED.indexOf(one.channel) - NAMED.indexOf(other.channel)

export const channelName = (i18n: I18n, channel: Channel): string => i18n._(CHANNEL_NAMES[channel])

/** Those Gausdo comes with are called as the reader speaks, until somebody calls one otherwise. */
const SHIPPED: Record<string, MessageDescriptor> = {
  advertising: msg({ message: 'Advertising', context: 'purpose' }),
  'personal-data': msg({
    message: 'Processing of personal data',
    context: 'purpose',
  }),
  service: msg({ message: 'Service messages', context: 'purpose' }),
}

export function purposeName(i18n: I18n, { code, name }: { code: string; name: string }): string {
  const known = SHIPPED[code]
  return known ? i18n._(known) : name
}

const channelsOf = ({ by_channel }: ConsentPurpose): readonly Channel[] =>
  by_channel ? CHANNELS : ['any']

type Choice = { value: string; label: string }
const NOTHING: ConsentPurpose[] = []

/** Fields that hold them: those that are good now, and those that were withdrawn. */
export const isOfConsents = (field: string): boolean =>
  field === 'consents' || field === 'consents_withdrawn'

/** Each consent that a filter can ask for, `<purpose>:<channel>`, once something asks for one. */
export function useConsentChoices(asked: boolean): Choice[] {
  const { i18n } = useLingui()
  const { data = NOTHING } = useQuery({ ...purposesQuery(), enabled: asked })
  return data.flatMap((purpose) =>
    channelsOf(purpose).map((channel) => {
      const name = purposeName(i18n, purpose)
      const label = channel === 'any' ? name : `${name} · ${channelName(i18n, channel)}`
      return { value: `${purpose.id}:${channel}`, label }
    }),
  )
}

import { Button } from '@mantine/core'
import { useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { changePreferences, me } from '@/shared/api/generated/identity'
import type { Me } from '@/shared/api/generated/model'
import { signOut } from '@/shared/api/generated/session'
import { activate, isLocale } from '@/shared/i18n/i18n'
import { codeText } from '@/shared/i18n/problems'
import { meQuery } from '@/shared/reference'
import { ListSkeleton } from '@/ui/skeletons'
import { AddFactor } from './add-factor'
import { PasswordStep } from './password-step'
import { ProofForm } from './proof-form'
import { OtherWays } from './other-ways'
import { stateQuery } from './queries'
import { SignInFrame } from './sign-in-frame'

type Props = {
  /** Where it leads, a path of ours. */
  next: string
  /** By what code a sign-in by a provider was refused. */
  refused?: string | undefined
  onSignedIn: () => void
}

/** The way in, step by step. A language chosen here is kept for the account. */
export function SignInPage({ next, refused, onSignedIn }: Props) {
  const { t, i18n } = useLingui()
  const queries = useQueryClient()
  const [chosen, setChosen] = useState(false)
  const { data: state, isPending, refetch } = useQuery(stateQuery())

  async function enter(entered: Me) {
    const { locale } = i18n
    const person =
      chosen && isLocale(locale) && entered.locale !== locale
        ? await changePreferences({ locale })
        : entered
    queries.clear()
    queries.setQueryData(meQuery().queryKey, person)
    if (isLocale(person.locale) && person.locale !== i18n.locale) await activate(person.locale)
    onSignedIn()
  }
  async function leave() {
    const { leave: there } = await signOut()
    if (there) return window.location.assign(there)
    queries.clear()
    await refetch()
  }
  const email = state?.email ?? ''
  const hints = {
    '': t`Sales, service and campaigns from one place.`,
    factor: t`One more proof that you are ${email}.`,
    enrolment: t`Your role asks for a second factor. Add one for ${email}.`,
  }
  const need = state?.need ?? ''
  const refusal = refused && (codeText(i18n, refused) ?? t`You were not signed in. Try again.`)
  const other = (
    <Button variant="subtle" size="compact-md" onClick={() => void leave()}>
      {t`Sign in as another person`}
    </Button>
  )
  return (
    <SignInFrame title={t`Sign in`} hint={hints[need]} onLocale={() => setChosen(true)}>
      {isPending ? (
        <ListSkeleton rows={7} />
      ) : need === 'factor' ? (
        <>
          <ProofForm
            ways={state?.ways ?? []}
            verb={t`Sign in`}
            onProved={(person) => void enter(person)}
          />
          {other}
        </>
      ) : need === 'enrolment' ? (
        <AddFactor onDone={() => void me().then(enter)} onCancel={() => void leave()} />
      ) : (
        <>
          <PasswordStep
            refusal={refusal}
            onEntered={(person) => void enter(person)}
            onHalf={() => void refetch()}
          />
          <OtherWays next={next} onEntered={(person) => void enter(person)} />
        </>
      )}
    </SignInFrame>
  )
}

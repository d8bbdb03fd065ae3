import { TextInput } from '@mantine/core'
import { beforeEach, expect, test, vi } from 'vitest'
import { render } from 'vitest-browser-react'
import { ApiError } from '@/shared/api/http'
import { useDraftForm } from '@/shared/lib/form'
import { FormProblem } from '@/ui/form-parts'
import { Stage } from './stage'

beforeEach(() => localStorage.clear())

const invalid = (field: string) =>
  new ApiError({
    title: 'Unprocessable',
    code: 'invalid',
    status: 422,
    errors: [{ field, code: 'untranslated', message: `${field} is taken` }],
  })

function Form({ send }: { send: (title: string, key: string) => Promise<void> }) {
  const { form, once, problem, refuse, discard } = useDraftForm({
    draft: 'trial',
    initial: { title: '' },
    fields: { name: 'title' },
    validate: () => ({}),
  })
  return (
    <form
      onSubmit={form.onSubmit((values) => {
        const key = new Headers(once().headers).get('Idempotency-Key') ?? ''
        void send(values.title, key).then(discard, (error) => refuse(error))
      })}
    >
      <FormProblem>{problem}</FormProblem>
      <TextInput label="Title" {...form.getInputProps('title')} />
      <button type="submit">Send</button>
    </form>
  )
}

test('a refusal lands on the field it names, and another above the form', async () => {
  const send = vi.fn().mockRejectedValueOnce(invalid('name')).mockRejectedValueOnce(invalid('sum'))
  const screen = await render(<Form send={send} />, { wrapper: Stage })
  await screen.getByRole('button', { name: 'Send' }).click()
  await expect.element(screen.getByText('name is taken')).toBeVisible()
  expect(screen.getByLabelText('Title').element().getAttribute('aria-invalid')).toBe('true')
  await screen.getByRole('button', { name: 'Send' }).click()
  await expect.element(screen.getByText(/sum: sum is taken/)).toBeVisible()
})

test('what was typed is back after the form was closed, and gone once it is saved', async () => {
  const send = vi.fn().mockResolvedValue(undefined)
  const first = await render(<Form send={send} />, { wrapper: Stage })
  await first.getByLabelText('Title').fill('Half a thought')
  await first.unmount()
  const second = await render(<Form send={send} />, { wrapper: Stage })
  await expect.element(second.getByLabelText('Title')).toHaveValue('Half a thought')
  await second.getByRole('button', { name: 'Send' }).click()
  await expect.poll(() => localStorage.length).toBe(0)
})

test('an unreached server is asked again under the same key, a refused form under a new one', async () => {
  const lost = new ApiError({ title: 'Unreachable', code: 'unreachable', status: 0 })
  const send = vi
    .fn()
    .mockRejectedValueOnce(lost)
    .mockRejectedValueOnce(invalid('name'))
    .mockResolvedValue(undefined)
  const screen = await render(<Form send={send} />, { wrapper: Stage })
  for (const times of [1, 2, 3]) {
    await screen.getByRole('button', { name: 'Send' }).click()
    await expect.poll(() => send.mock.calls.length).toBe(times)
  }
  const [first, second, third] = send.mock.calls.map(([, key]) => key as string)
  expect(second).toBe(first)
  expect(third).not.toBe(second)
})

test('a form that comes back after a reload is sent under the key it had', async () => {
  const lost = new ApiError({ title: 'Unreachable', code: 'unreachable', status: 0 })
  const send = vi.fn().mockRejectedValueOnce(lost).mockResolvedValue(undefined)
  const first = await render(<Form send={send} />, { wrapper: Stage })
  await first.getByLabelText('Title').fill('Half a thought')
  await first.getByRole('button', { name: 'Send' }).click()
  await expect.poll(() => send.mock.calls.length).toBe(1)
  await first.unmount()
  const second = await render(<Form send={send} />, { wrapper: Stage })
  await second.getByRole('button', { name: 'Send' }).click()
  await expect.poll(() => send.mock.calls.length).toBe(2)
  expect(send.mock.calls[1]).toEqual(send.mock.calls[0])
})

const stale = (version: number) =>
  new ApiError({
    title: 'Conflict',
    code: 'stale',
    status: 409,
    detail: 'changed before you',
    data: { current: { version } },
  })

test('a form is saved for the version its editing began at; a refusal tells, then it may be put over it', async () => {
  const save = vi
    .fn<(began: number | undefined) => Promise<void>>()
    .mockRejectedValueOnce(stale(3))
    .mockResolvedValue(undefined)
  function Record({ version }: { version: number }) {
    const { form, began, problem, refuse, discard } = useDraftForm({
      draft: 'record.1',
      initial: { title: 'Before' },
      version,
      validate: () => ({}),
    })
    const send = () => save(began).then(discard, (error) => refuse(error, 'changed before you'))
    return (
      <form onSubmit={form.onSubmit(() => void send())}>
        <FormProblem>{problem}</FormProblem>
        <TextInput label="Title" {...form.getInputProps('title')} />
        <button type="submit">Send</button>
      </form>
    )
  }
  const screen = await render(<Record version={1} />, { wrapper: Stage })
  await screen.getByLabelText('Title').fill('Mine')
  await screen.rerender(<Record version={2} />)
  await screen.unmount()
  const again = await render(<Record version={2} />, { wrapper: Stage })
  await again.getByRole('button', { name: 'Send' }).click()
  await expect.element(again.getByRole('alert')).toHaveTextContent('changed before you')
  await expect.element(again.getByLabelText('Title')).toHaveValue('Mine')
  await again.getByRole('button', { name: 'Send' }).click()
  await expect.poll(() => save.mock.calls).toEqual([[1], [3]])
})

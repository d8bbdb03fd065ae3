import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { beforeEach, expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import { ApiError } from '@/shared/api/http'
import { useDraftForm } from '@/shared/lib/form'
import { Editable } from '@/ui/editable'
import { TextEditor } from '@/ui/editors'
import { FormProblem } from '@/ui/form-parts'
import { MoneyInput } from '@/ui/money-input'
import { Stage } from './stage'

beforeEach(() => sessionStorage.clear())

const invalid = (field: string) =>
  new ApiError({
    title: 'Unprocessable',
    code: 'invalid',
    status: 422,
    errors: [{ field, code: 'taken', message: `${field} is taken` }],
  })

function Form({ send }: { send: (title: string, key: string) => Promise<void> }) {
  const { form, key, problem, refuse, discard } = useDraftForm({
    draft: 'trial',
    initial: { title: '' },
    fields: { name: 'title' },
    validate: () => ({}),
  })
  return (
    <form onSubmit={form.onSubmit((values) => void send(values.title, key).then(discard, refuse))}>
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
  await expect.poll(() => sessionStorage.length).toBe(0)
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

test('a value edited in place keeps its text when it is refused', async () => {
  const onSave = vi.fn().mockRejectedValueOnce(new Error('changed before you'))
  const screen = await render(
    <Editable
      name="deal.1.title"
      label="Title"
      value="Before"
      empty={false}
      onSave={onSave}
      explain={(error) => (error as Error).message}
      editor={(props) => <TextEditor label="Title" {...props} />}
    >
      Before
    </Editable>,
    { wrapper: Stage },
  )
  await screen.getByRole('button').click()
  await userEvent.keyboard('{Control>}a{/Control}After{Enter}')
  await expect.element(screen.getByRole('alert')).toHaveTextContent('changed before you')
  await expect.element(screen.getByLabelText('Title')).toHaveValue('After')
  onSave.mockResolvedValueOnce(undefined)
  await userEvent.keyboard('{Enter}')
  await expect
    .poll(() => onSave.mock.calls.map(([value]) => value as string))
    .toEqual(['After', 'After'])
})

test('a sum of sixteen digits and two more passes through its field unchanged', async () => {
  function Sum() {
    const [value, setValue] = useState('')
    return (
      <>
        <MoneyInput label="Sum" currency="RUB" value={value} onChange={setValue} />
        <output>{value}</output>
      </>
    )
  }
  const screen = await render(<Sum />, { wrapper: Stage })
  await screen.getByLabelText('Sum').click()
  await userEvent.keyboard('9007199254740993.15')
  await expect.poll(() => document.querySelector('output')?.textContent).toBe('9007199254740993.15')
})

import { useState } from 'react'
import { beforeEach, expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { render, renderHook } from 'vitest-browser-react'
import { ApiError } from '@/shared/api/http'
import { useInTurn } from '@/shared/lib/in-turn'
import { DateField } from '@/ui/date-field'
import { Editable } from '@/ui/editable'
import { TextEditor } from '@/ui/editors'
import { useEntryProblems } from '@/ui/entry-problems'
import { MoneyInput } from '@/ui/money-input'
import { Stage } from './stage'

beforeEach(() => localStorage.clear())

const stale = (version: number) =>
  new ApiError({
    title: 'Conflict',
    code: 'stale',
    status: 409,
    detail: 'changed before you',
    data: { current: { version } },
  })

type Save = (value: string, version: number) => Promise<unknown>

const Field = ({ onSave, value, version }: { onSave: Save; value: string; version: number }) => (
  <Editable
    name="deal.1.title"
    label="Title"
    value={value}
    version={version}
    empty={false}
    onSave={onSave}
    check={(text) => (text === 'Never' ? 'Never is no title' : undefined)}
    explain={(error) => (error as Error).message}
    editor={(props) => <TextEditor label="Title" {...props} />}
  >
    {value}
  </Editable>
)

test('a field is saved for the version it was opened at, however the record moves on', async () => {
  const onSave = vi.fn<Save>().mockRejectedValueOnce(stale(3)).mockResolvedValue(undefined)
  const screen = await render(<Field onSave={onSave} value="Before" version={1} />, {
    wrapper: Stage,
  })
  await screen.getByRole('button').click()
  await userEvent.keyboard('{Control>}a{/Control}After')
  await screen.rerender(<Field onSave={onSave} value="Theirs" version={2} />)
  await userEvent.keyboard('{Enter}')
  await expect.element(screen.getByRole('alert')).toHaveTextContent('changed before you')
  await expect.element(screen.getByLabelText('Title')).toHaveValue('After')
  await userEvent.keyboard('{Tab}')
  expect(onSave, 'leaving the field is no leave to overwrite').toHaveBeenCalledTimes(1)
  await screen.getByLabelText('Title').click()
  await userEvent.keyboard('{Enter}')
  await expect
    .poll(() => onSave.mock.calls)
    .toEqual([
      ['After', 1],
      ['After', 3],
    ])
})

test('a field left as it was found saves nothing over a colleague’s change', async () => {
  const onSave = vi.fn<Save>().mockResolvedValue(undefined)
  const screen = await render(<Field onSave={onSave} value="Before" version={1} />, {
    wrapper: Stage,
  })
  await screen.getByRole('button').click()
  await screen.rerender(<Field onSave={onSave} value="Theirs" version={2} />)
  await userEvent.keyboard('{Enter}')
  await expect.element(screen.getByRole('button')).toHaveTextContent('Title: Theirs')
  expect(onSave).not.toHaveBeenCalled()
})

test('a value that cannot be saved stays in its field under the reason', async () => {
  const onSave = vi.fn<Save>().mockResolvedValue(undefined)
  const screen = await render(<Field onSave={onSave} value="Before" version={1} />, {
    wrapper: Stage,
  })
  await screen.getByRole('button').click()
  await userEvent.keyboard('{Control>}a{/Control}Never{Enter}')
  await expect.element(screen.getByRole('alert')).toHaveTextContent('Never is no title')
  await expect.element(screen.getByLabelText('Title')).toHaveValue('Never')
  expect(onSave).not.toHaveBeenCalled()
})

test('a person’s own changes one after another are not stale to each other', async () => {
  const sent: number[] = []
  let record = 4
  const { result } = await renderHook(() => useInTurn())
  const save = () =>
    result.current(4, (version) => {
      sent.push(version)
      if (version !== record) return Promise.reject(stale(record))
      record += 1
      return Promise.resolve({ version: record })
    })
  await Promise.all([save(), save()])
  record += 1 // a colleague's
  await expect(save()).rejects.toThrow('changed before you')
  expect(sent).toEqual([4, 5, 6])
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

test('a sum that cannot be is left as it was typed, and told what is wrong with it', async () => {
  function Sum() {
    const [value, setValue] = useState('')
    const problems = useEntryProblems()
    const error = problems.sum(value)
    return <MoneyInput label="Sum" currency="RUB" value={value} onChange={setValue} error={error} />
  }
  const screen = await render(<Sum />, { wrapper: Stage })
  const field = screen.getByLabelText('Sum')
  await field.click()
  await userEvent.keyboard('-5{Tab}')
  await expect.element(field).toHaveValue('-5')
  await expect.element(field).toHaveAttribute('aria-invalid', 'true')
  await field.click()
  await userEvent.keyboard('{Control>}a{/Control}10.129{Tab}')
  await expect.element(field).toHaveValue('10.129')
  await expect.element(field).toHaveAttribute('aria-invalid', 'true')
})

test('a day that does not exist stays as typed and is no other day', async () => {
  const onChange = vi.fn<(day: string | null) => void>()
  function Day() {
    const [value, setValue] = useState<string | null>(null)
    return (
      <>
        <DateField
          label="Day"
          value={value}
          onChange={(day) => {
            onChange(day)
            setValue(day)
          }}
        />
        <output>{useEntryProblems().day(value) ? 'refused' : 'taken'}</output>
      </>
    )
  }
  const screen = await render(<Day />, { wrapper: Stage })
  const field = screen.getByLabelText('Day')
  await field.click()
  await userEvent.keyboard('31.02.2027{Tab}')
  await expect.element(field).toHaveValue('31.02.2027')
  expect(onChange).toHaveBeenLastCalledWith('31.02.2027')
  await expect.poll(() => document.querySelector('output')?.textContent).toBe('refused')
  await field.fill('28.02.2027')
  await userEvent.keyboard('{Tab}')
  expect(onChange).toHaveBeenLastCalledWith('2027-02-28')
  await expect.element(field).toHaveValue('Feb 28, 2027')
  await expect.poll(() => document.querySelector('output')?.textContent).toBe('taken')
})

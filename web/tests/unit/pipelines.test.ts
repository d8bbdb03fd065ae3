import { expect, test } from 'vitest'
import type { Deal, Stage, StageDraft } from '@/shared/api/generated/model'
import { leads, missing } from '@/shared/stage-needs'
import { newStage, shifted, without } from '@/features/pipelines/stages'

const stage = (id: string, told: Partial<StageDraft> = {}): StageDraft =>
  newStage({ name: id, id, ...told })
const names = (stages: readonly StageDraft[]) => stages.map((one) => one.name).join('')

const deal = {
  next_task: false,
  company: null,
  contact: { id: 'p', name: null },
  worth: null,
  expected_on: '2027-01-31',
  about: '',
  custom: { area: '', floor: 0 },
} as unknown as Deal

test('a stage goes up or down, and not beyond the ends', () => {
  const all = [stage('a'), stage('b'), stage('c')]
  expect(names(shifted(all, 2, -1))).toBe('acb')
  expect(names(shifted(all, 0, 1))).toBe('bac')
  expect(names(shifted(all, 0, -1))).toBe('abc')
  expect(names(shifted(all, 2, 1))).toBe('abc')
})

test('nothing leads to a stage that is left out', () => {
  const all = [stage('a', { leads_to: ['b', 'c'] }), stage('b'), stage('c')]
  const rest = without(all, 'b')
  expect(names(rest)).toBe('ac')
  expect(rest[0]?.leads_to).toEqual(['c'])
})

test('what a stage asks for and the deal has not', () => {
  const needs = 'worth company_id contact_id expected_on about next_task custom.area custom.floor'
  const asked = { needs: needs.split(' ') } as unknown as Stage
  expect(missing(deal, asked)).toEqual(['worth', 'company_id', 'about', 'next_task', 'custom.area'])
})

test('where a stage leads', () => {
  const from = (leads_to: string[] | null) => ({ leads_to }) as Stage
  const to = { id: 'b' } as Stage
  expect(leads(undefined, to)).toBe(true)
  expect(leads(from(null), to)).toBe(true)
  expect(leads(from(['b']), to)).toBe(true)
  expect(leads(from([]), to)).toBe(false)
})

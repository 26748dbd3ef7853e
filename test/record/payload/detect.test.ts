import {describe, expect, it} from 'vitest'
import {looksLike} from '../../../src/record/payload/detect.ts'
import {captured} from './captured.ts'

const KEYS = {
  bullmq: 'bull:orders:wait',
  celery: 'celery',
  laravel: 'queues:default',
  rq: 'rq:queue:default',
  sidekiq: 'queue:default',
} as const

describe.each(Object.entries(KEYS) as Array<[keyof typeof KEYS, string]>)('jobs of %s', (kind, key) => {
  // What pushRaw was given is no job of Laravel's own
  const jobs = captured(kind).filter(({name}) => name !== 'raw')

  it.each(jobs)('look like it: $name', ({item}) => {
    expect(looksLike([item], key)).toBe(kind)
  })
})

it.each([
  ['records', ['{"a":1}'], 'queue:a'],
  ['envelopes', ['{"points":[{"a":1}]}'], 'queue:a'],
  ['texts under a usual key', ['1', '2'], 'queue:a'],
  ['what does not agree', ['{"class":"A","args":[],"jid":"1"}', '{"a":1}'], 'queue:a'],
  ['nothing', [], 'bull:a:wait'],
])('%s look like none', (_, items, key) => {
  expect(
    looksLike(
      items.map((item) => Buffer.from(item)),
      key,
    ),
  ).toBeUndefined()
})

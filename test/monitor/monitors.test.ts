import {expect, it} from 'vitest'
import type {Observation} from '../../src/monitor/observation.ts'
import {QueueMonitor} from '../../src/monitor/queue-monitor.ts'
import {type JudgedList, SurveyMonitor} from '../../src/monitor/survey-monitor.ts'
import type {Trouble} from '../../src/monitor/trouble.ts'
import {QueueSurvey} from '../../src/queue/survey/queue-survey.ts'
import {until} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'
import {inspection} from './readings.ts'

const context = useServers()

function heard<T>() {
  const all = {readings: [] as T[], troubles: [] as Trouble[]}
  const listener = {
    onReading: (reading: T) => all.readings.push(reading),
    onTrouble: (trouble: Trouble) => all.troubles.push(trouble),
  }
  return {all, listener}
}

it('observes a queue with its rates, its forecast and its verdict', async () => {
  const {queue, keys, engine} = context.newQueue()
  await push(context, keys, ['{"a":1}', '{"a":2}'])
  const monitor = new QueueMonitor(engine, {everyMs: 50})
  const {all, listener} = heard<Observation>()
  const leave = monitor.subscribe(listener)
  await until(() => all.readings.length >= 2)
  await context.redis.hset(keys.stats, {enqueued: 1000})
  await until(() => (monitor.latest()?.rates.in ?? 0) > 0)
  leave()
  expect(monitor.latest()).toMatchObject({
    inspection: {queue, ready: 2},
    verdict: {level: 'critical', text: 'no workers'},
  })
  expect(monitor.history()[0]).toMatchObject({ready: 2, leased: 0, deadLetters: 0})
})

it('says of a queue whose key has another type what is wrong, and heals', async () => {
  const {queue, keys, engine} = context.newQueue()
  await context.redis.set(keys.dead, 'x')
  const monitor = new QueueMonitor(engine, {everyMs: 20})
  const {all, listener} = heard<Observation>()
  const leave = monitor.subscribe(listener)
  await until(() => all.troubles.length > 0)
  await context.redis.del(keys.dead)
  await until(() => all.readings.length > 0)
  leave()
  expect(all.troubles[0]).toMatchObject({
    tried: `reading queue ${queue}`,
    message: expect.stringContaining(keys.dead),
  })
})

it('has the memory of a queue measured once, and not at every reading', async () => {
  const memory = {ready: {bytes: 5, isEstimate: false}, deadLetters: null}
  const given: unknown[] = []
  const queue = {
    name: 'orders',
    explain: async (error: unknown) => error,
    inspect: async (known: unknown) => {
      given.push(known)
      return inspection({memory})
    },
  }
  const monitor = new QueueMonitor(queue, {everyMs: 0})
  for (let i = 0; i < 3; i++) await monitor.current()
  expect(given).toEqual([{}, {memory}, {memory}])
})

it('keeps one sample a second of the last 10 minutes', async () => {
  let atMs = Date.parse('2026-11-26T10:00:00Z')
  const monitor = new QueueMonitor(
    {
      name: 'orders',
      explain: async (error) => error,
      inspect: async () => inspection({at: new Date(atMs).toISOString()}),
    },
    {everyMs: 0},
  )
  for (let i = 0; i < 2000; i++) {
    await monitor.current()
    atMs += 500
  }
  const times = monitor.history().map((sample) => sample.atMs)
  expect(times).toHaveLength(600)
  expect(new Set(times.slice(1).map((time, i) => time - times[i]))).toEqual(new Set([1000]))
})

it('surveys all queues with verdicts, and finds them again after trouble', async () => {
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"a":1}'])
  let isAway = false
  let made = 0
  const options = {
    sort: 'name',
    memory: false,
    signal: new AbortController().signal,
    match: `${queue}*`,
  } as const
  const monitor = new SurveyMonitor(
    () => {
      made++
      const survey = new QueueSurvey(context.redis, options)
      const look = async () => {
        await survey.look()
        if (isAway) throw new Error('away')
        return survey.look()
      }
      return {findAll: (onKeys) => survey.findAll(onKeys), look}
    },
    {everyMs: 20},
  )
  const {all, listener} = heard<JudgedList>()
  const leave = monitor.subscribe(listener)
  await until(() => all.readings.length >= 3)
  isAway = true
  await until(() => all.troubles.length > 0)
  isAway = false
  const before = all.readings.length
  await until(() => all.readings.length > before)
  leave()
  // A survey that has failed may have lost its place among the keys
  expect(made).toBeGreaterThan(1)
  const row = all.readings[0].queues.find((one) => one.queue === queue)
  expect(row).toMatchObject({ready: 1, verdict: {level: 'critical', text: 'no workers'}})
  expect(monitor.backlogs(queue).slice(0, 3)).toEqual([1, 1, 1])
})

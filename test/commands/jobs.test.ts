import {beforeAll, describe, expect, inject, it} from 'vitest'
import DlqDiagnose from '../../src/commands/dlq/diagnose.ts'
import DlqEdit from '../../src/commands/dlq/edit.ts'
import DlqList from '../../src/commands/dlq/list.ts'
import DlqReplay from '../../src/commands/dlq/replay.ts'
import DlqShow from '../../src/commands/dlq/show.ts'
import Inspect from '../../src/commands/inspect.ts'
import Peek from '../../src/commands/peek.ts'
import {captured} from '../record/payload/captured.ts'
import {cli, cliJson} from '../support/cli.ts'
import {deadLetters, push, useServers} from '../support/context.ts'
import {runCommand} from '../support/run-command.ts'

const context = useServers()

beforeAll(async () => {
  await context.pool.query('CREATE TABLE points (n int, kind text); CREATE TABLE other (n int)')
})

const env = () => ({REDIS_URL: inject('redisUrl'), DATABASE_URL: inject('databaseUrl')})
const run = (command: Parameters<typeof runCommand>[0], queue: string, ...args: string[]) =>
  runCommand(command, ['-q', queue, ...args], env())

/** A message of Celery with these keyword arguments. */
function task(kwargs: object): string {
  const body = Buffer.from(JSON.stringify([[], kwargs, {}])).toString('base64')
  return JSON.stringify({
    body,
    'content-type': 'application/json',
    headers: {task: 'points.save', id: '1'},
    properties: {body_encoding: 'base64'},
  })
}

/** In a process of its own, since it ends with its parent. */
const work = (queue: string, ...args: string[]) =>
  cliJson(['work', '-q', queue, '--until-empty', '--workers', '2', ...args])
const points = () => ['--table', `${context.schema}.points`]

describe('commands on a queue of Celery', () => {
  it('need not be told again who wrote it, not even when it is bound to another table', async () => {
    const {queue, keys} = context.newQueue()
    await push(context, keys, [task({n: 1})])
    expect((await work(queue, '--payload', 'celery', ...points(), '--json')).json).toMatchObject({
      inserted: 1,
    })
    await push(context, keys, [task({n: 2})])
    const enqueued = await cliJson(['enqueue', '-q', queue, '--count', '1'])
    expect(enqueued).toMatchObject({
      code: 2,
      json: {error: {message: expect.stringContaining('jobs of celery')}},
    })
    expect((await work(queue)).json).toMatchObject({inserted: 1})
    await push(context, keys, [task({n: 3})])
    const other = ['--table', `${context.schema}.other`, '--rebind']
    expect((await work(queue, ...other)).json).toMatchObject({inserted: 1})
    await push(context, keys, ['{"n":4}'])
    const plain = await work(queue, ...other, '--payload', 'json')
    expect(plain.json).toMatchObject({inserted: 1})
    expect((await run(Peek, queue, '--json')).json).toMatchObject({items: []})
  })

  it('name the library, or say what its items look like', async () => {
    const {queue, keys} = context.newQueue()
    await push(context, keys, [task({n: 21}), task({n: 22})])
    const seen = await cliJson(['inspect', '-q', queue])
    expect(seen.json).toMatchObject({payload: null, looksLike: 'celery'})
    expect(seen.json.warnings.join()).toContain(`qtool peek -q ${queue} --payload celery`)
    await work(queue, '--payload', 'celery', ...points())
    const {json} = await cliJson(['inspect', '-q', queue])
    expect(json).toMatchObject({payload: 'celery', looksLike: null, warnings: []})
    expect((await run(Inspect, queue)).stdout).toContain('jobs of celery')
    const listed = await cliJson(['queues', '--match', queue])
    expect(listed.json.queues).toMatchObject([{queue, payload: 'celery'}])
    expect((await cli(['queues', '--match', queue])).stdout).toContain('zset (celery)')
  })

  it('show what is in its items', async () => {
    const {queue, keys} = context.newQueue()
    const chain = captured('celery').find(({name}) => name === 'chain')?.item ?? ''
    await push(context, keys, [task({n: 1}), chain])
    const {json} = await run(Peek, queue, '--payload', 'celery', '--json')
    expect(json).toMatchObject({
      items: [
        {payload: task({n: 1}), job: {name: 'points.save', records: '{"n":1}', fault: null}},
        {job: {name: 'tracks.save', records: null, fault: expect.stringContaining('a follow-up (chain)')}},
      ],
    })
    const {stdout} = await run(Peek, queue, '--payload', 'celery')
    expect(stdout).toContain('points.save {"n":1}')
    expect((await run(Peek, queue, '--json')).json).toMatchObject({items: [{job: null}, {job: null}]})
  })

  it('find what is in them by a filter', async () => {
    const {queue, keys} = context.newQueue()
    await push(
      context,
      keys,
      [1, 2, 3].map((n) => task({n, name: `Zürich ${n}`})),
    )
    await push(context, keys, [task({points: [{n: 4}, {n: 5}]}), 'no job'])
    const where = async (text: string) => {
      const {json} = await run(Peek, queue, '--payload', 'celery', '--where', text, '--json')
      return (json as {items: Array<{job: {records: string}}>}).items.map(({job}) => job.records)
    }
    expect(await where('n>1 n<4')).toEqual(['{"n":2,"name":"Zürich 2"}', '{"n":3,"name":"Zürich 3"}'])
    expect(await where('text:"Zürich 3"')).toEqual(['{"n":3,"name":"Zürich 3"}'])
    expect(await where('n:5')).toEqual(['{"points":[{"n":4},{"n":5}]}'])
    expect(await where('NOT n<100')).toEqual([null])
  })

  it('judge, show, find and put back its dead letters', async () => {
    const {queue, keys} = context.newQueue()
    const bad = [task({n: 'one', kind: 'a'}), task({n: 'two', kind: 'b'}), 'no job']
    await push(context, keys, bad)
    expect((await work(queue, '--payload', 'celery', ...points())).code).toBe(3)
    expect((await run(DlqList, queue, '--where', 'kind:b', '--json')).json).toMatchObject({matched: 1})
    expect((await run(DlqList, queue, '--where', 'text:one', '--json')).json).toMatchObject({matched: 1})
    const letter = (await deadLetters(context, keys)).find(({payload}) => payload === bad[0])
    const {json} = await runCommand(DlqShow, [String(letter?.id), '-q', queue, '--json'], env())
    expect(json).toMatchObject({
      payload: bad[0],
      job: {name: 'points.save', records: '{"n":"one","kind":"a"}'},
    })
    expect((await run(DlqDiagnose, queue, '--json')).json).toMatchObject({matched: 3, passing: 0, failing: 3})
    const edit = await run(DlqEdit, queue, '--set', 'n=1', '--yes', '--json')
    expect(edit).toMatchObject({
      code: 2,
      json: {error: {message: expect.stringContaining('holds jobs of celery')}},
    })
    await context.pool.query('ALTER TABLE points ALTER n TYPE text')
    expect((await run(DlqDiagnose, queue, '--json')).json).toMatchObject({matched: 3, passing: 2, failing: 1})
    const replay = await run(DlqReplay, queue, '--only-passing', '--json')
    expect(replay.json).toMatchObject({replayed: 2, failing: 1})
    expect(await context.redis.zrange(keys.ready, '0', '-1')).toEqual(bad.slice(0, 2).toSorted())
  })
})

it('filters look for what the hashes of jobs hold', async () => {
  const {queue, keys} = context.newQueue()
  for (const id of ['1', '2', '3']) {
    await context.redis.hset(`bull:${queue}:${id}`, {name: 'save', data: `{"n":${id},"text":"é${id}"}`})
  }
  await push(context, keys, ['1', '2', '3', 'lost'])
  const where = async (text: string) => {
    const {json} = await run(Peek, queue, '--payload', 'bullmq', '--where', text, '--json')
    return (json as {items: Array<{payload: string}>}).items.map(({payload}) => payload)
  }
  expect(await where('n>=2')).toEqual(['2', '3'])
  expect(await where('text:é1')).toEqual(['1'])
  expect(await where('NOT n:2')).toEqual(['1', '3', 'lost'])
  await context.redis.del(['1', '2', '3'].map((id) => `bull:${queue}:${id}`))
})

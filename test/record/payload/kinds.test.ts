import {describe, expect, it} from 'vitest'
import {Items} from '../../../src/record/items.ts'
import {payloadOf} from '../../../src/record/payload/kinds.ts'
import type {PayloadKind} from '../../../src/record/payload/payload.ts'
import {readItems} from '../../../src/record/payload/read-items.ts'
import {captured, fieldsOf} from './captured.ts'

type Kind = Exclude<PayloadKind, 'json'>

function read(kind: Kind, name: string, records = 'points') {
  const job = captured(kind).find((one) => one.name === name)
  if (!job) throw new Error(`no job ${name} of ${kind}`)
  const fields = fieldsOf(kind, job.hash)
  const options = {kind, records, maxBytes: 1024 * 1024}
  const {texts, faults} = readItems(Items.from([job.item]), options, fields && [fields])
  const fault = faults.get(0)
  return fault ? `${fault.code}: ${fault.message}` : texts.bytes.toString()
}

const EXACT_CELERY =
  '{"big": 9007199254740993, "half": "1.10", "text": "\\u00e9\\u2028\\ud83d\\udee9", "at": "2026-01-02T03:04:05.678901", "id": "00000000-0000-0000-0000-000000000005", "tiny": 1e-07, "whole": 2.0, "none": null, "yes": true}'
const EXACT_RQ = `{"big":9007199254740993,"negative":-1180591620717411303424,"text":"é\u2028🛩\\n\\\\u0041\\"'","tiny":1e-7,"whole":2.0,"third":0.3333333333333333,"large":1e+22,"none":null,"yes":true,"no":false,"raw":"\\\\x00ff6162","empty":"\\\\x","nested":{"list":[1,[2,3],{}],"long":"${'x'.repeat(300)}"}}`
const EXACT_PHP =
  '{"lat":1.1,"device":"é","big":9223372036854775807,"tags":["a","b"],"map":{"x":1,"y":null,"7":true},"empty":[],"rest":null}'

/** Job → the exact text of its records, or what is said of it. */
const READ: Record<Kind, Record<string, string | RegExp>> = {
  celery: {
    kwargs: EXACT_CELERY,
    'positional object': '{"lat": 1.5}',
    'list of objects': '[{"n": 1}, {"n": 2}]',
    'envelope in kwargs': '{"points": [{"n": 1}, {"n": 2}]}',
    'scalar beside the object': '{"n": 1}',
    'two objects': /^SHAPE: 2 arguments could be the record: args\.0, args\.1; --records args\.0 /,
    'object and kwargs': /^SHAPE: 2 arguments could be the record: args\.0, kwargs/,
    'only scalars': /^SHAPE: expected an object, or a list of objects, .* got \[1, "two"\] and \{\}$/,
    nothing: /^SHAPE: /,
    nan: /^JSON: the body: not valid JSON/,
    priority: '{"n": 1}',
    pickle: 'JOB: expected the body as application/json, got application/x-python-serialize',
    yaml: 'JOB: expected the body as application/json, got application/x-yaml',
    zlib: EXACT_CELERY,
    bzip2: 'JOB: expected the body plain or compressed with zlib, got application/x-bz2',
    'protocol 1 kwargs': '{"n": 1}',
    'protocol 1 positional': '{"n": 1}',
    link: /^JOB: the task has a follow-up \(callbacks\)/,
    'link error': '{"n": 1}',
    chain: /^JOB: the task has a follow-up \(chain\)/,
    eta: '{"n": 1}',
  },
  rq: {
    ...Object.fromEntries([0, 1, 2, 3, 4, 5].map((protocol) => [`kwargs, protocol ${protocol}`, EXACT_RQ])),
    kwargs: EXACT_RQ,
    JSON: '{"big": 9007199254740993, "half": 1.5, "text": "\\u00e9"}',
    'JSON, positional': '{"n": 1}',
    'positional object': '{"n":1}',
    'list of objects': '[{"n":1},{"n":2}]',
    'two objects': /^SHAPE: 2 arguments could be the record/,
    'only scalars': /^SHAPE: expected an object/,
    'object of a class beside': '{"n":1}',
    'only an object of a class':
      'JOB: the arguments contain an object of captured_jobs.Point, which JSON does not have',
    'object of a class in the record':
      'JOB: the record contains an object of captured_jobs.Point, which JSON does not have',
    'time in the record': 'JOB: the record contains an object of datetime.datetime, which JSON does not have',
    'set in the record': 'JOB: the record contains an object of builtins.set, which JSON does not have',
    nan: 'JOB: the record contains nan, which JSON does not have',
    'nan beside': '{"n":1}',
    'method of an object': '{"n":1}',
    'integer keys': 'SHAPE: expected texts as the keys of a dict in the pickle',
    bomb: 'SIZE: the pickle is more than the limit of 1048576 bytes as JSON',
    callback: /^JOB: the job has a callback \(captured_jobs\.save\)/,
  },
  sidekiq: {
    object: '{"big":9007199254740993,"half":1.5,"text":"é\u2028","none":null}',
    'list of objects': '[{"n":1},{"n":2}]',
    'scalar beside the object': '{"n":1}',
    'two objects': /^SHAPE: 2 arguments could be the record/,
    'only scalars': /^SHAPE: /,
    nothing: /^SHAPE: /,
  },
  laravel: {
    command: EXACT_PHP,
    'command with an object':
      'JOB: property "rest" of the command contains an object of Point, which only PHP can read',
    'command with infinity':
      'JOB: property "lat" of the command contains the number INF, which JSON does not have',
    'command with large numbers': EXACT_PHP.replace('1.1', '1.0E+25').replace('"rest":null', '"rest":-0.1'),
    'chained command': /^JOB: the job has jobs chained to it/,
    'command with a reference':
      'JOB: property "lat" of the command contains a PHP reference, which JSON does not have',
    'named job': '{"lat":1.5,"device":"é"}',
    'named job with a list': '[{"n":1},{"n":2}]',
    'named job with a text':
      /^SHAPE: expected an object, or a list of objects, at data of the job, got "text"$/,
    raw: '{"lat":2.50}',
  },
  bullmq: {
    object: '{"half":1.5,"text":"é\u2028","none":null,"deep":{"list":[1]}}',
    'list of objects': '[{"n":1},{"n":2}]',
    'own id': '{"n":1}',
    text: /^SHAPE: /,
    nothing: '{}',
    child: /^JOB: the job bull:parents:.* waits until a BullMQ worker has run this one$/,
    scheduled: 'JOB: the scheduler every-minute continues only after a BullMQ worker has run this job',
  },
}

describe.each(Object.keys(READ) as Kind[])('what %s has written', (kind) => {
  it.each(captured(kind).map(({name}) => name))('is read exactly: %s', (name) => {
    const expected = READ[kind][name]
    if (typeof expected === 'string') expect(read(kind, name)).toBe(expected)
    else expect(read(kind, name)).toMatch(expected)
  })

  it('gives the name of the job', () => {
    const names = {
      celery: 'tracks.save',
      rq: 'captured_jobs.save',
      sidekiq: 'SavePoint',
      laravel: 'SavePoint',
      bullmq: 'save',
    }
    const [{item, hash}] = captured(kind)
    expect(payloadOf(kind)?.nameOf({item, fields: fieldsOf(kind, hash)})).toBe(names[kind])
  })

  it('makes a dead letter of whatever is cut off or changed, and never an exception', () => {
    const options = {kind, records: 'points', maxBytes: 1024 * 1024}
    for (const {item, hash} of captured(kind)) {
      const bodies = payloadOf(kind)?.fields ? (hash.get('data') ?? item) : item
      for (let at = 0; at < bodies.length; at += 1 + Math.floor(bodies.length / 50)) {
        const cut = bodies.subarray(0, at)
        const changed = Buffer.from(bodies)
        changed[at] ^= 1 << (at % 8)
        for (const body of [cut, changed]) {
          const fields = fieldsOf(kind, new Map([...hash, ['data', body]]))
          const items = Items.from([fields ? item : body])
          expect(readItems(items, options, fields && [fields]).texts.count).toBe(1)
        }
      }
    }
  })
})

describe('a path of records', () => {
  it('is followed from the arguments of the job', () => {
    expect(read('celery', 'two objects', 'args.1')).toBe('{"n": 2}')
    expect(read('celery', 'object and kwargs', 'args.0')).toBe('{"n": 1}')
    expect(read('celery', 'object and kwargs', 'kwargs')).toBe('{"retry": true}')
    expect(read('celery', 'envelope in kwargs', 'kwargs.points')).toBe('[{"n": 1}, {"n": 2}]')
    expect(read('rq', 'two objects', 'args.1')).toBe('{"n":2}')
    expect(read('sidekiq', 'list of objects', 'args.0.1')).toBe('{"n":2}')
    expect(read('laravel', 'command', 'data.map')).toBe('{"x":1,"y":null,"7":true}')
    expect(read('bullmq', 'object', 'data.deep')).toBe('{"list":[1]}')
  })

  it('that leads nowhere is said', () => {
    expect(read('celery', 'two objects', 'args.2')).toBe(
      'SHAPE: expected a value at args.2 of the job, found none',
    )
    expect(read('bullmq', 'object', 'data.half')).toBe(
      'SHAPE: expected an object, or a list of objects, at data.half of the job, got 1.5',
    )
  })

  it('begins with a name of arguments only where the library has it: elsewhere it is that of an envelope', () => {
    expect(read('celery', 'positional object', 'data.points')).toBe('{"lat": 1.5}')
  })
})

describe('a job', () => {
  const options = {maxBytes: 1024 * 1024, records: 'points'}

  it('of Rails is read through the wrapper of Active Job', () => {
    const item = Buffer.from(
      '{"class":"Sidekiq::ActiveJob::Wrapper","wrapped":"SaveJob","queue":"q","args":[{"job_class":"SaveJob","job_id":"1","arguments":[{"lat":1.50,"_aj_symbol_keys":["lat"]}]}],"jid":"x"}',
    )
    const {texts} = readItems(Items.from([item]), {...options, kind: 'sidekiq'})
    expect(texts.bytes.toString()).toBe('{"lat":1.50,"_aj_symbol_keys":["lat"]}')
    expect(payloadOf('sidekiq')?.nameOf({item})).toBe('SaveJob')
  })

  it('of Celery may have its body as a text', () => {
    const message = {
      body: '[[], {"n": 1.50}, {}]',
      'content-type': 'application/json',
      headers: {},
      properties: {},
    }
    const {texts} = readItems(Items.from([Buffer.from(JSON.stringify(message))]), {
      ...options,
      kind: 'celery',
    })
    expect(texts.bytes.toString()).toBe('{"n": 1.50}')
  })

  it('whose body is no base64 is said, and not read in part', () => {
    const item =
      captured('celery')
        .find(({name}) => name === 'positional object')
        ?.item.toString() ?? ''
    const {faults} = readItems(Items.from([Buffer.from(item.replace('W1t7', 'W1t7*'))]), {
      ...options,
      kind: 'celery',
    })
    expect(faults.get(0)).toMatchObject({code: 'JOB', message: 'the body is not base64'})
  })

  it('that Redis has lost, or that is too large, is said', () => {
    const items = Items.from([Buffer.from('7'), Buffer.from('8')])
    const {faults} = readItems(items, {...options, kind: 'bullmq'}, [[], 'large'])
    expect(faults.get(0)).toMatchObject({reason: 'malformed', code: 'NO_JOB'})
    expect(faults.get(1)).toMatchObject({reason: 'malformed', code: 'SIZE'})
  })

  it('that would be larger than the limit once it is decompressed is refused before that', () => {
    const kind = 'rq'
    const job = captured(kind).find(({name}) => name === 'kwargs')
    const fields = fieldsOf(kind, job?.hash ?? new Map())
    const {faults} = readItems(
      Items.from([Buffer.from('id')]),
      {...options, kind, maxBytes: 100},
      fields && [fields],
    )
    expect(faults.get(0)?.message).toBe(
      'the data of the job is larger than the limit of 100 bytes when it is decompressed',
    )
  })
})

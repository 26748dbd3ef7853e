import {Kind} from '../../json/kind.ts'
import {chooseRecords} from './choose.ts'
import {kindOf, listed, membersNamed, shown, textOf} from './json-text.ts'
import {type JobBytes, JobFault, type JobOptions, type Payload} from './payload.ts'
import {fromBase64, inflate} from './unpack.ts'

const MESSAGE = ['body', 'content-type', 'headers', 'properties'].map((name) => Buffer.from(name))
const HEADERS = ['task', 'compression'].map((name) => Buffer.from(name))
const PROPERTIES = [Buffer.from('body_encoding')]
const VERSION_1 = ['task', 'args', 'kwargs', 'callbacks', 'chord'].map((name) => Buffer.from(name))
const EMBEDDED = ['callbacks', 'chain', 'chord'] as const
const EMBEDDED_NAMES = EMBEDDED.map((name) => Buffer.from(name))

/** A message of Celery, as kombu writes it into Redis; of protocol 2, or of protocol 1, whose body is an object. */
export const CELERY: Payload = {
  roots: ['args', 'kwargs'],

  records({item}: JobBytes, {path, maxBytes}: JobOptions): Buffer {
    const [body, type, headers, properties] = membersNamed(item, MESSAGE, 'the message')
    const [, compression] = headersOf(headers)
    const contentType = textOf(type)
    if (contentType !== 'application/json') {
      throw new JobFault(
        'JOB',
        `expected the body as application/json, got ${contentType ?? 'no content-type'}`,
      )
    }
    const text = unpacked(bodyOf(body, properties), textOf(compression), maxBytes)
    const {args, kwargs} = argumentsOf(text)
    return chooseRecords({args, kwargs}, path)
  },

  nameOf({item}: JobBytes): string | null {
    const [body, , headers, properties] = membersNamed(item, MESSAGE, 'the message')
    const [task] = headersOf(headers)
    if (task !== undefined) return textOf(task) ?? null
    const text = bodyOf(body, properties)
    return textOf(membersNamed(text, VERSION_1, 'the body')[0]) ?? null
  },
}

function headersOf(headers: Buffer | undefined): Array<Buffer | undefined> {
  return kindOf(headers) === Kind.Object && headers ? membersNamed(headers, HEADERS, 'the headers') : []
}

function bodyOf(body: Buffer | undefined, properties: Buffer | undefined): Buffer {
  const text = textOf(body)
  if (text === undefined) {
    throw new JobFault(
      'SHAPE',
      `expected a message of Celery with a text as body, got ${body ? shown(body) : 'none'}`,
    )
  }
  const isObject = kindOf(properties) === Kind.Object && properties
  const encoding = isObject ? textOf(membersNamed(properties, PROPERTIES, 'the properties')[0]) : undefined
  return encoding === 'base64' ? fromBase64(text, 'the body') : Buffer.from(text)
}

/** kombu calls zlib `application/x-gzip`. */
function unpacked(body: Buffer, compression: string | undefined, maxBytes: number): Buffer {
  if (compression === undefined) return body
  if (compression === 'application/x-gzip' || compression === 'zlib')
    return inflate(body, maxBytes, 'the body')
  throw new JobFault('JOB', `expected the body plain or compressed with zlib, got ${compression}`)
}

function argumentsOf(body: Buffer): {args?: Buffer; kwargs?: Buffer} {
  const first = body.find((byte) => byte > 0x20)
  if (first === 0x7b) {
    const [, args, kwargs, callbacks, chord] = membersNamed(body, VERSION_1, 'the body')
    assertEnds({callbacks, chord})
    return {args, kwargs: nonNull(kwargs)}
  }
  const [args, kwargs, embedded] = listed(body, 'the body')
  if (kindOf(embedded) === Kind.Object && embedded) {
    const found = membersNamed(embedded, EMBEDDED_NAMES, 'the body')
    assertEnds(Object.fromEntries(EMBEDDED.map((name, i) => [name, found[i]])))
  }
  return {args, kwargs: nonNull(kwargs)}
}

/** What follows a task is only in its message: taking the message without running the task loses it. */
function assertEnds(follow: Record<string, Buffer | undefined>): void {
  for (const [name, value] of Object.entries(follow)) {
    if (kindOf(value) === Kind.Null || value?.toString() === '[]') continue
    throw new JobFault('JOB', `the task has a follow-up (${name}), which only a Celery worker can run`)
  }
}

function nonNull(value: Buffer | undefined): Buffer | undefined {
  return kindOf(value) === Kind.Null ? undefined : value
}

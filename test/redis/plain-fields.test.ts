import {readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {describe, expect, it} from 'vitest'
import {withPlainFields} from '../../bin/plain-fields.js'
import {randomInt} from '../support/seeded.ts'

const require = createRequire(import.meta.url)
const PATH = require.resolve('ioredis').replace(/index\.js$/, 'resp/decoder.js')

interface Reader {
  write(chunk: Buffer): void
}
type Class = new (handlers: Record<string, unknown>) => Reader

/** The class as the built qtool has it. */
function bundled(): Class {
  const exports: {Decoder?: Class} = {}
  const run = new Function('exports', 'require', withPlainFields(readFileSync(PATH, 'utf8')))
  run(exports, createRequire(PATH))
  return exports.Decoder as Class
}

/** What a reader makes of chunks. */
function read(Decoder: Class, chunks: Buffer[], type: typeof Buffer | typeof String): unknown[] {
  const told: unknown[] = []
  const decoder = new Decoder({
    getTypeMapping: () => ({36: type, 43: type}),
    onReply: (reply: unknown) => told.push(['reply', reply]),
    onErrorReply: (error: Error) => told.push(['error', error.message]),
    onPush: (reply: unknown) => told.push(['push', reply]),
  })
  for (const chunk of chunks) decoder.write(chunk)
  return told
}

const REPLIES = [
  '+OK\r\n',
  '-ERR no\r\n',
  ':0\r\n',
  ':-1234567890\r\n',
  '$-1\r\n',
  '$0\r\n\r\n',
  '$5\r\na\r\nb\0\r\n',
  '*-1\r\n',
  '*0\r\n',
  '*3\r\n$2\r\nid\r\n:7\r\n*2\r\n$-1\r\n+x\r\n',
  `*50\r\n${'$12\r\n{"a":"é é"}\r\n'.repeat(50).replaceAll('$12', '$13')}`,
  '_\r\n',
  '#t\r\n',
  ',-1.5e3\r\n',
  '(12345678901234567890\r\n',
  '%2\r\n+a\r\n:1\r\n$1\r\nb\r\n*1\r\n:2\r\n',
  '~2\r\n:1\r\n:2\r\n',
  '>2\r\n+message\r\n$1\r\nx\r\n',
  '=7\r\ntxt:abc\r\n',
  '!5\r\nERR x\r\n',
]

describe('the reader of replies with plain fields', () => {
  const random = randomInt(7)
  const [plain, original] = [bundled(), require(PATH).Decoder as Class]

  it.each([Buffer, String])('reads what ioredis reads, wherever the chunks end, as %o', (type) => {
    for (let n = 0; n < 500; n++) {
      const texts = Array.from({length: 1 + random(6)}, () => REPLIES[random(REPLIES.length)])
      const bytes = Buffer.from(texts.join(''))
      const cuts = Array.from({length: random(8)}, () => random(bytes.length)).sort((a, b) => a - b)
      const chunks = [0, ...cuts].map((from, i) => bytes.subarray(from, cuts[i] ?? bytes.length))
      const some = chunks.filter((chunk) => chunk.length > 0)
      const found = read(plain, some, type)
      expect(found, JSON.stringify(texts)).toEqual(read(original, some, type))
      expect(found).toHaveLength(texts.length)
    }
  })

  it('is not made of a module that looks different', () => {
    expect(() => withPlainFields('class Decoder { #cursor = 0 }')).toThrow('bin/plain-fields.js')
  })
})

import {isUtf8} from 'node:buffer'
import {MAX_DEPTH} from '../../json/fault.ts'
import {JobFault} from './payload.ts'

/** Properties that Laravel's own traits add to a job; they are no part of a record. */
const FRAMEWORK = new Set([
  ...['job', 'connection', 'queue', 'chainConnection', 'chainQueue', 'chainCatchCallbacks', 'delay'],
  ...[
    'afterCommit',
    'middleware',
    'chained',
    'batchId',
    'deleteWhenMissingModels',
    'messageGroup',
    'deduplicator',
  ],
])

/** What a command must not have, since only a Laravel worker can handle it. */
const FOLLOW = ['chained', 'batchId']

/**
 * Rewrites a command that PHP has serialized, an object of plain properties, as a JSON object. No class is looked up
 * and nothing is created; numbers keep their text.
 * @throws JobFault for objects inside it, references, and what JSON does not have
 */
export function jsonOfCommand(serialized: Buffer): Buffer {
  return new PhpReader(serialized).command()
}

class PhpReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  command(): Buffer {
    if (this.#take(2) !== 'O:') throw this.#unreadable('an object')
    this.#quoted()
    const members: string[] = []
    this.#each((key) => {
      const name = key.slice(key.lastIndexOf('\0') + 1)
      const from = this.#at
      if (!FRAMEWORK.has(name)) members.push(`${JSON.stringify(name)}:${this.#value(2, name)}`)
      else this.#framework(name, from)
    })
    if (this.#at < this.#bytes.length) throw this.#unreadable('its end')
    return Buffer.from(`{${members.join(',')}}`)
  }

  /** Laravel's own properties may hold anything, but a follow-up must not be lost. */
  #framework(name: string, from: number): void {
    this.#skip(1)
    const text = this.#bytes.toString('latin1', from, this.#at)
    if (!FOLLOW.includes(name) || text === 'N;' || text === 'a:0:{}') return
    const what = name === 'chained' ? 'has jobs chained to it' : 'belongs to a batch'
    throw new JobFault('JOB', `the job ${what}, which only a Laravel worker can handle`)
  }

  /** @returns JSON text */
  #value(depth: number, name: string): string {
    if (depth > MAX_DEPTH)
      throw new JobFault('DEPTH', `the command is nested deeper than ${MAX_DEPTH} levels`)
    const type = this.#take(2)
    switch (type) {
      case 'N;':
        return 'null'
      case 'b:':
        return this.#until(';') === '1' ? 'true' : 'false'
      case 'i:':
      case 'd:':
        return this.#number(name)
      case 's:': {
        const text = this.#quoted()
        this.#expect(';')
        return JSON.stringify(text)
      }
      case 'a:':
        return this.#array(depth, name)
      case 'O:':
      case 'C:':
      case 'E:':
        throw new JobFault(
          'JOB',
          `property "${name}" of the command contains an object of ${this.#quoted()}, which only PHP can read`,
        )
      case 'r:':
      case 'R:':
        throw new JobFault(
          'JOB',
          `property "${name}" of the command contains a PHP reference, which JSON does not have`,
        )
      default:
        throw this.#unreadable('a value')
    }
  }

  #number(name: string): string {
    const text = this.#until(';')
    if (NUMBER.test(text)) return text
    throw new JobFault(
      'JOB',
      `property "${name}" of the command contains the number ${text.slice(0, 40)}, which JSON does not have`,
    )
  }

  /** A list of PHP has the keys 0, 1, 2 and so on; any other array becomes an object. */
  #array(depth: number, name: string): string {
    const keys: string[] = []
    const values: string[] = []
    this.#each((key) => {
      keys.push(key)
      values.push(this.#value(depth + 1, name))
    })
    if (keys.every((key, i) => key === String(i))) return `[${values.join(',')}]`
    return `{${values.map((value, i) => `${JSON.stringify(keys[i])}:${value}`).join(',')}}`
  }

  /** Reads `COUNT:{key value …}`. */
  #each(member: (key: string) => void): void {
    const count = this.#count(':')
    this.#expect('{')
    for (let i = 0; i < count; i++) member(this.#key())
    this.#expect('}')
  }

  #key(): string {
    const type = this.#take(2)
    if (type === 'i:') return this.#until(';')
    if (type !== 's:') throw this.#unreadable('a key')
    const key = this.#quoted()
    this.#expect(';')
    return key
  }

  #skip(depth: number): void {
    if (depth > MAX_DEPTH)
      throw new JobFault('DEPTH', `the command is nested deeper than ${MAX_DEPTH} levels`)
    const type = this.#take(2)
    if (type === 'N;') return
    if (type === 's:') {
      this.#quoted()
      this.#expect(';')
    } else if (type === 'a:' || type === 'O:') {
      if (type === 'O:') this.#quoted()
      this.#each(() => this.#skip(depth + 1))
    } else if (SCALAR.has(type)) this.#until(';')
    else throw this.#unreadable('plain data')
  }

  /** Reads `LENGTH:"text"`, whose length is in bytes, up to the quote; of a class also the colon behind it. */
  #quoted(): string {
    const length = this.#count(':')
    this.#expect('"')
    const bytes = this.#bytes.subarray(this.#at, this.#at + length)
    if (!isUtf8(bytes)) throw new JobFault('UTF8', 'the command holds a text that is not valid UTF-8')
    this.#at += length
    this.#expect('"')
    if (this.#bytes[this.#at] === COLON) this.#at++
    return bytes.toString()
  }

  #count(end: string): number {
    const text = this.#until(end)
    if (!/^\d{1,9}$/.test(text)) throw this.#unreadable('a length')
    return Number(text)
  }

  #until(end: string): string {
    const at = this.#bytes.indexOf(end, this.#at, 'latin1')
    if (at < 0) throw this.#unreadable(`"${end}"`)
    const text = this.#bytes.toString('latin1', this.#at, at)
    this.#at = at + 1
    return text
  }

  #take(count: number): string {
    const text = this.#bytes.toString('latin1', this.#at, this.#at + count)
    this.#at += count
    return text
  }

  #expect(text: string): void {
    if (this.#take(text.length) !== text) throw this.#unreadable(`"${text}"`)
  }

  #unreadable(expected: string): JobFault {
    return new JobFault(
      'JOB',
      `the serialized command cannot be read: expected ${expected} at byte ${this.#at + 1}`,
    )
  }
}

const COLON = 0x3a
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
/** Booleans, numbers, references and enumerations. */
const SCALAR = new Set(['b:', 'i:', 'd:', 'r:', 'R:', 'E:'])

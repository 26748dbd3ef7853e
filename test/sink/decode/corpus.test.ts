import {beforeAll, describe, expect, it} from 'vitest'
import {ItemCheck} from '../../../src/json/item.ts'
import {deadLetters, drainAll, push, testSink, useServers} from '../../support/context.ts'
import {CORPUS, CORPUS_TABLES} from '../../support/corpus.ts'
import {isItem} from '../../support/second-reader.ts'

const context = useServers()
let at: ReturnType<typeof context.newQueue>

beforeAll(async () => {
  at = context.newQueue()
  await context.pool.query(CORPUS_TABLES)
})

describe('hostile lines at the door of enqueue', () => {
  it.each(CORPUS)('line $id is $verdict $code', ({line, verdict, code}) => {
    const refusal = new ItemCheck().check(line, 0, line.length)
    expect(refusal?.code).toBe(verdict === 'refused' ? code : undefined)
    expect(isItem(line)).toBe(verdict !== 'refused')
  })
})

describe('hostile lines pushed straight into Redis', () => {
  beforeAll(async () => {
    await push(
      context,
      at.keys,
      CORPUS.map((entry) => entry.line),
    )
    const tally = await drainAll(context, await testSink(context, 'c'), at, {workers: 1})
    expect(tally.inserted + tally.deadLettered).toBe(CORPUS.length)
  })

  it('stores exactly the good ones', async () => {
    const {rows} = await context.pool.query('SELECT right(id::text, 2)::int AS id FROM c ORDER BY 1')
    const wanted = CORPUS.filter((entry) => entry.verdict === 'stored').map((entry) => entry.id)
    expect(rows.map((row) => row.id)).toEqual(wanted)
  })

  it.each(CORPUS.filter((entry) => entry.verdict !== 'stored'))(
    'dead-letters line $id as $code with its exact bytes',
    async ({line, verdict, code}) => {
      const letters = await deadLetters(context, at.keys)
      const exact = letters.filter((letter) => {
        const payload = letter.payloadBase64
          ? Buffer.from(String(letter.payloadBase64), 'base64')
          : Buffer.from(String(letter.payload))
        return payload.equals(line)
      })
      expect(exact.map((letter) => letter.code)).toEqual([code])
      if (verdict === 'refused') expect(exact[0].reason).toBe('malformed')
    },
  )

  it('keeps every digit and every character', async () => {
    const value = async (id: number, sql: string) => {
      const uuid = `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`
      return (await context.pool.query(`SELECT ${sql} AS value FROM c WHERE id = $1`, [uuid])).rows[0].value
    }
    expect(await value(32, `doc->>'v'`)).toBe('9007199254740993')
    expect(await value(33, `length(doc->>'v')`)).toBe(401)
    expect(await value(22, 'name')).toBe('a\tb\nc\\.\\N')
    expect(await value(24, 'name')).toBe('\\N')
    expect(await value(9, 'name')).toBe('😀')
    expect(({} as Record<string, unknown>).admin).toBeUndefined()
  })
})

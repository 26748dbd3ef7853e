import {describe, expect, it} from 'vitest'
import {assertTableName} from '../../../src/sink/catalog/table-name.ts'
import {useServers} from '../../support/context.ts'

const context = useServers()

/** Whether Postgres itself takes a name for that of a table. */
async function isName(name: string): Promise<boolean> {
  return context.pool.query('SELECT to_regclass($1)', [name]).then(
    () => true,
    () => false,
  )
}

describe('the name of a table', () => {
  it.each([
    'orders',
    'public.orders',
    'Shop.Orders',
    'shop."OrderItems"',
    '"a.b"."c""d"',
    'größe',
    '_x$1',
    '"ключ"',
  ])('is %s, for Postgres too', async (name) => {
    expect(() => assertTableName(name)).not.toThrow()
    expect(await isName(name)).toBe(true)
  })

  it.each([
    ['e.We"ird', 'is none at "\\"ird"'],
    ['no such name', 'is none at " such name"'],
    ['public.', 'ends too early'],
    ['.orders', 'is none at ".orders"'],
    ['"orders', 'is none at "\\"orders"'],
    ['""', 'is none at "\\"\\""'],
    ['a"b', 'is none at "\\"b"'],
    ['a.b.c', 'has more than a schema and a table'],
    ['', 'ends too early'],
  ])('is not %j', (name, why) => {
    expect(() => assertTableName(name)).toThrow(why)
  })
})

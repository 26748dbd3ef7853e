import {describe, expect, it} from 'vitest'
import {JsonScanner} from '../../../src/json/scanner.ts'
import {mappedTo} from '../../../src/sink/decode/mapped.ts'
import {UNKNOWN} from '../../../src/sink/decode/record-map.ts'
import {testSink, useServers} from '../../support/context.ts'

const context = useServers()

/** The columns that the keys of records map to, one list for each record. */
async function columnsOf(rename: Record<string, string>, records: string[]) {
  await context.pool.query('CREATE TABLE IF NOT EXISTS mapped (a int, b int, "c d" int, "é" int)')
  const {table} = await testSink(context, 'mapped')
  const mapped = mappedTo(table, {rename})
  const {map} = mapped
  const scanner = new JsonScanner()
  const found = records.map((record) => {
    const bytes = Buffer.from(record)
    scanner.open(bytes, bytes.length)
    scanner.object(0)
    return Array.from({length: scanner.count}, (_, i) => {
      const column = map.column(scanner, bytes, i)
      return column === UNKNOWN ? null : table.columns[column].name
    })
  })
  return {found, unseen: mapped.unseen().map(({words}) => words)}
}

describe('the keys of a record', () => {
  it.each([
    ['{"a":1,"b":2}', ['a', 'b']],
    ['{"b":1,"a":2,"x":3}', ['b', 'a', null]],
    ['{"\\u0061":1,"c\\u0020d":2,"é":3,"\\u00e9":4}', ['a', 'c d', 'é', 'é']],
    ['{"A":1,"":2," a":3}', [null, null, null]],
    ['{"__proto__":1,"constructor":2,"toString":3}', [null, null, null]],
  ])('%s', async (record, wanted) => {
    // Again after another record: a remembered position must not decide the column of another key
    expect((await columnsOf({}, [record, '{"a":1}', record])).found).toEqual([wanted, ['a'], wanted])
  })

  it('mean other columns where they are renamed, and the old name means none', async () => {
    const {found, unseen} = await columnsOf({x: 'a', a: 'b', never: 'é'}, ['{"x":1,"a":2,"b":3}'])
    expect(found).toEqual([['a', 'b', null]])
    expect(unseen).toEqual(['--rename never=é'])
  })

  it('give no column of their own once they are renamed', async () => {
    expect((await columnsOf({a: 'b'}, ['{"a":1,"b":2}'])).found).toEqual([['b', null]])
  })

  it('are told apart beyond the positions and lengths that are remembered', async () => {
    const many = `{${Array.from({length: 400}, (_, i) => `"k${i}":0`).join(',')},"a":1,"${'x'.repeat(500)}":2}`
    const {found} = await columnsOf({}, [many, many])
    expect(found[1].flatMap((name, i) => (name ? [[i, name]] : []))).toEqual([[400, 'a']])
  })
})

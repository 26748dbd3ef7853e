import {describe, expect, it} from 'vitest'
import type {Sink} from '../../src/sink/sink.ts'
import type {WorkEvent} from '../../src/worker/events.ts'
import type {WorkerObserver} from '../../src/worker/observer.ts'
import {tellEvents} from '../../src/worker/tell-events.ts'
import {useServers} from '../support/context.ts'
import {drainInto} from '../support/drain-into.ts'

const context = useServers()

/** Types of a table `t`, a change of one of them, and a record that is written otherwise from then on. */
const CHANGES = [
  {
    of: 'a default of a domain',
    types: 'CREATE DOMAIN d AS int',
    column: 'd',
    change: 'ALTER DOMAIN d SET DEFAULT 7',
    record: '{"id":1}',
    becomes: '7',
    says: 'type d now has the default 7',
  },
  {
    of: 'a domain that takes more',
    types: 'CREATE DOMAIN d AS int CONSTRAINT few CHECK (VALUE < 10)',
    column: 'd',
    change: 'ALTER DOMAIN d DROP CONSTRAINT few',
    record: '{"id":1,"v":50}',
    becomes: '50',
    says: 'gone constraint of the type d "few"',
  },
  {
    of: 'a label of an enum',
    types: `CREATE TYPE e AS ENUM ('a')`,
    column: 'e',
    change: `ALTER TYPE e ADD VALUE 'b'`,
    record: '{"id":1,"v":"b"}',
    becomes: 'b',
    says: 'new label of the type e "b"',
  },
  {
    of: 'a renamed label, in an array of domains over the enum',
    types: `CREATE TYPE e AS ENUM ('a'); CREATE DOMAIN d AS e`,
    column: 'd[]',
    change: `ALTER TYPE e RENAME VALUE 'a' TO 'z'`,
    record: '{"id":1,"v":["z"]}',
    becomes: '{z}',
    says: 'label of the type e "a" is now called "z"',
  },
  {
    of: 'an attribute of a composite type',
    types: 'CREATE TYPE c AS (x int)',
    column: 'c',
    change: 'ALTER TYPE c ADD ATTRIBUTE y timestamptz',
    record: '{"id":1,"v":{"x":1,"y":"now"}}',
    becomes: 'TS_FORMAT',
    says: 'new attribute of the type c "y" of the type timestamp with time zone',
  },
  {
    of: 'an attribute deep inside: a domain in a composite type in an array',
    types: 'CREATE DOMAIN d AS int CONSTRAINT few CHECK (VALUE < 10); CREATE TYPE c AS (x d)',
    column: 'c[]',
    change: 'ALTER DOMAIN d DROP CONSTRAINT few',
    record: '{"id":1,"v":[{"x":50}]}',
    becomes: '{(50)}',
    says: 'gone constraint of the type d "few"',
  },
  {
    of: 'the domain below a range',
    types: `CREATE DOMAIN d AS int CONSTRAINT few CHECK (VALUE < 10); CREATE TYPE r AS RANGE (subtype = d)`,
    column: 'r',
    change: 'ALTER DOMAIN d DROP CONSTRAINT few',
    record: '{"id":1,"v":"[1,50)"}',
    becomes: '[1,50)',
    says: 'gone constraint of the type d "few"',
  },
]

describe.each([
  ['COPY', false],
  ['INSERT', true],
])('a type that changes while its table is written by %s', (_, careful) => {
  it.each(CHANGES)('is noticed: $of', async ({types, column, change, record, becomes, says}) => {
    await context.pool.query(`DROP TABLE IF EXISTS t; DROP TYPE IF EXISTS r; DROP TYPE IF EXISTS c CASCADE;
      DROP DOMAIN IF EXISTS d CASCADE; DROP TYPE IF EXISTS e CASCADE`)
    await context.pool.query(`${types}; CREATE TABLE t (id int, v ${column})`)
    const events: WorkEvent[] = []
    const observers: WorkerObserver[] = []
    const opened = (sink: Sink) => {
      observers.push(tellEvents([sink], (event) => events.push(event)))
      return context.pool.query(change)
    }
    const {letters} = await drainInto(context, 't', [record], {careful, opened, drain: {observers}})
    const {rows} = await context.pool.query('SELECT v::text FROM t')
    expect([...letters.map(({code}) => code), ...rows.map(({v}) => v)]).toEqual([becomes])
    expect(events).toEqual([expect.objectContaining({event: 'table_changed', changes: [says]})])
  })
})

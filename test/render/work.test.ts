import {describe, expect, it} from 'vitest'
import {NOTHING_WRITTEN} from '../../src/record/outcomes.ts'
import {renderWork} from '../../src/render/work.ts'
import {emptyTally} from '../../src/worker/tally.ts'

const byRows = {way: 'rows' as const, reasons: ['why'], grant: null}
const view = {
  ...emptyTally(),
  queue: 'q',
  table: 'public.t',
  seconds: 2,
  recordsPerSecond: 500,
  foreignKeys: {way: 'none' as const, reasons: [], grant: null},
  foreignKeysByTable: {},
}

describe('the account of a work', () => {
  it('leaves out what did not happen', () => {
    expect(renderWork({...view, leases: 1, items: 1, inserted: 1})).toBe(
      [
        'queue q → public.t',
        ' leases         1 (1 item)',
        ' inserted       1 row',
        ' already there  0',
        ' dead letters   0',
        ' time           2.0 s',
        ' rate           500 records/s',
      ].join('\n'),
    )
  })

  it('counts apart what went into several tables', () => {
    const nothing = {...NOTHING_WRITTEN, deadLettered: 0}
    const one = {'public.orders': {...nothing, inserted: 1200}}
    expect(renderWork({...view, tables: one})).not.toContain('public.orders')
    const text = renderWork({...view, tables: {...one, 'public.lines': {...nothing, deadLettered: 1}}})
    expect(text).toContain(' in public.orders  1,200 inserted\n')
    expect(text).toContain(' in public.lines   0 inserted, 1 dead letter\n')
  })

  it('says how foreign keys were checked', () => {
    expect(renderWork({...view, foreignKeys: byRows})).toContain(' foreign keys   checked row by row\n')
    const bySet = {...byRows, way: 'set' as const, reasons: []}
    expect(renderWork({...view, foreignKeys: bySet})).toContain(
      ' foreign keys   checked for a lease at once\n',
    )
  })

  it('tells of leases and records that were tried again, taken over or lost', () => {
    const text = renderWork({...view, recovered: 10, retried: 2, postponed: 3, lostLeases: 1})
    expect(text).toContain(' recovered      10 rows written by a worker that died')
    expect(text).toContain(' retried        2 leases after a transient error\n')
    expect(text).toContain(' postponed      3 retries of records that a foreign key refused\n')
    expect(text).toContain(' lost           1 lease expired and taken over by another worker\n')
  })
})

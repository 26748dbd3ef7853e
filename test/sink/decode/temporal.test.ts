import pg from 'pg'
import {describe, expect, inject, it} from 'vitest'
import {inUtc, isTemporal, mayBeTemporal} from '../../../src/sink/decode/temporal.ts'

async function ask<T extends pg.QueryResultRow>(sql: string, values: unknown[]): Promise<T[]> {
  const client = new pg.Client({connectionString: inject('databaseUrl'), options: '-c TimeZone=UTC'})
  await client.connect()
  return client
    .query<T>(sql, values)
    .then(({rows}) => rows)
    .finally(() => client.end())
}

describe('inUtc', () => {
  const dates = [
    '2026-11-24',
    '2024-02-29',
    '2024-03-01',
    '2023-02-28',
    '2000-12-31',
    '1900-01-01',
    '0001-01-01',
    '9999-12-31',
    '12026-05-06',
    '294276-12-31',
    '0001-12-31 BC',
    '0005-02-29 BC',
    '4713-01-02 BC',
  ]
  const times = ['00:00', '12:30:15', '23:59:59.999999', '23:59:59.9999996', '00:00:00.1234565']
  const offsets = ['+05:00', '-05', '+0530', '-15:59', '+00:00:01', '+14', ' -03:30', '-00:00:59']

  it('gives the time that Postgres gives for timestamptz at UTC, to the last digit, in any year', async () => {
    const texts = dates.flatMap((date) =>
      times.flatMap((time) =>
        offsets.map((offset) => {
          const [day, era = ''] = date.split(' ')
          return `${day}T${time}${offset}${era && ` ${era}`}`
        }),
      ),
    )
    const ours = texts.map((text) => inUtc(text) ?? 'none')
    const rows = await ask<{text: string; wanted: string; got: string}>(
      `SELECT text, (text::timestamptz AT TIME ZONE 'UTC')::text AS wanted, ours::timestamp::text AS got
       FROM unnest($1::text[], $2::text[]) v(text, ours) WHERE left(ours, 6) NOT IN ('294277', '-infin')`,
      [texts, ours],
    )
    expect(rows.length).toBeGreaterThan(500)
    expect(rows.filter(({wanted, got}) => wanted !== got)).toEqual([])
  })

  it.each([
    '2026-11-24T12:00:00',
    '2026-11-24T12:00:00Z',
    '2026-11-24 12:00:00 UTC',
    '2026-11-24T12:00+00',
    '2026-11-24',
  ])('leaves %s, which is UTC, as it is', (text) => {
    expect(inUtc(text)).toBeUndefined()
  })

  it.each([
    '2026-02-30T12:00+05',
    '2026-13-01T12:00+05',
    '0000-01-01T12:00+05',
    '2026-01-01T12:00+16',
    '2026-01-01T12:00+05:60',
    'now',
  ])('leaves %s to Postgres, which refuses it', async (text) => {
    expect(inUtc(text)).toBeUndefined()
    if (text !== 'now')
      await expect(ask('SELECT $1::text::timestamp', [text])).rejects.toThrow(/^(date\/time|time zone)/)
  })
})

describe('isTemporal', () => {
  it.each([
    ['date', '2026-11-24', true],
    ['date', ' 2026-11-24 ', true],
    ['date', '12026-11-24', true],
    ['date', '0044-03-15 BC', true],
    ['date', '2026-11-24T06:30:00Z', false],
    ['date', '2026-11-24 00:00:00', false],
    ['date', '06:30', false],
    ['date', '20261124', false],
    ['date', '2026-1-2', false],
    ['date', '24.11.2026', false],
    ['date', '\u00a02026-11-24', false],
    ['time', '06:30', true],
    ['time', '06:30:00.5', true],
    ['time', '06:30:00+02', false],
    ['time', '2026-11-24T06:30:00', false],
    ['time', '06:30 PM', false],
    ['time', '24:00', false],
    ['time', '0630', false],
    ['timetz', '06:30:00+02', true],
    ['timetz', '06:30Z', true],
    ['timetz', '06:30', true],
    ['timetz', '06:30 Europe/Berlin', false],
    ['timestamp', '2026-11-24T06:30:00.123456789Z', true],
    ['timestamptz', '2026-11-24 06:30:00+05:30:15', true],
    ['timestamptz', '0044-03-15 12:00:00+00 BC', true],
    ['timestamptz', '2026-11-24T06:30:60Z', false],
    ['timestamptz', '2026-11-24T06:30:00,5Z', false],
    ['timestamptz', '2026-11-24T06:30:00 Europe/Berlin', false],
    ['timestamptz', '2026-11-24T06', false],
    ['timestamptz', '2026-328', false],
    ['timestamptz', '2026-W48-2', false],
    ['timestamptz', '1764000000', false],
  ] as const)('of %s takes %j: %s', (type, text, expected) => {
    expect(isTemporal(type, text)).toBe(expected)
  })
})

describe('mayBeTemporal', () => {
  it('leaves to Postgres what has no digit and none of its words, and that refuses all of it', async () => {
    const texts = [
      '',
      ' ',
      'hello',
      'unknown',
      'true',
      'monday',
      'noon',
      'UTC',
      'z',
      'BC',
      '-',
      ':',
      '{}',
      'nowhere',
      'epochs',
      'am',
      'utc now?'.slice(0, 3),
    ]
    for (const text of texts) {
      expect(mayBeTemporal(text), text).toBe(false)
      for (const type of ['timestamp', 'timestamptz', 'date', 'time', 'timetz'])
        await expect(ask(`SELECT $1::text::${type}`, [text]), `${type} ${text}`).rejects.toMatchObject({
          code: '22007',
        })
    }
  })

  it.each([
    'now',
    ' NOW ',
    'today',
    'tomorrow',
    'yesterday',
    'epoch',
    '-infinity',
    'Infinity',
    'allballs',
    'today 10:00',
    'J2451187',
  ])('sees that Postgres takes %j', (text) => {
    expect(mayBeTemporal(text)).toBe(true)
  })
})

import {expect, it} from 'vitest'
import type {LetterGroup} from '../../src/queue/letters/letter-groups.ts'
import type {LetterSurvey} from '../../src/queue/letters/letter-survey.ts'
import {renderSurvey} from '../../src/render/letter-survey.ts'

const group = (more: Partial<LetterGroup>): LetterGroup => ({
  id: 'pz15w3',
  reason: 'foreign_key',
  code: '23503',
  column: null,
  constraint: null,
  table: null,
  parent: null,
  error: 'insert or update on table "orders" violates foreign key constraint',
  letters: 5,
  records: 5,
  share: 0.5,
  perMinute: new Array(60).fill(0),
  firstFailedAt: '2026-11-24T06:30:00.000Z',
  lastFailedAt: '2026-11-25T07:00:00.000Z',
  example: 'a:1',
  exampleError: 'Key (customer_no)=(900) is not present in table "customers".',
  ...more,
})

const survey = (groups: LetterGroup[], more: Partial<LetterSurvey> = {}): LetterSurvey => ({
  deadLetters: 10,
  deadLettersByReason: {foreign_key: 10},
  foreignDeadLetters: 0,
  timesByReason: {
    foreign_key: {
      firstFailedAt: '2026-11-24T06:30:00.000Z',
      isFirstExact: true,
      lastFailedAt: '2026-11-25T07:00:00.000Z',
      isLastExact: true,
    },
  },
  foreignTimes: null,
  matched: 10,
  searched: {letters: 10, since: null, before: null},
  grouped: 10,
  records: 10,
  firstFailedAt: '2026-11-24T06:30:00.000Z',
  lastFailedAt: '2026-11-25T07:00:00.000Z',
  groups,
  items: [],
  ...more,
})

it.each([80, 120, 160])('tells two foreign keys and two columns apart at %d columns', (width) => {
  const text = renderSurvey(
    'orders',
    survey([
      group({constraint: 'orders_customer_id_fkey', parent: 'customers'}),
      group({constraint: 'orders_product_id_fkey', parent: 'products'}),
      group({reason: 'invalid', code: 'TS_FORMAT', column: 'placed_at', error: 'expected timestamptz'}),
      group({reason: 'invalid', code: 'TS_FORMAT', column: 'paid_at', error: 'expected timestamptz'}),
    ]),
    {width},
  )
  const lines = text.split('\n')
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(width)
  for (const name of ['customer_id_fkey → customers', 'product_id_fkey → products', 'placed_at', 'paid_at']) {
    expect(lines.filter((line) => line.includes(name))).toHaveLength(1)
  }
})

it.each([80, 120])('says since when and how fast each group fails at %d columns', (width) => {
  const perMinute = Array.from({length: 60}, (_, i) => (i < 55 ? 0 : 1200))
  const text = renderSurvey('orders', survey([group({perMinute, letters: 1_234_567, records: 2_345_678})]), {
    width,
  })
  const lines = text.split('\n')
  const at = lines.findIndex((line) =>
    line.startsWith(' pz15w3  1,234,567  2,345,678  50.0%  ▁▁▁▁▁▁▁▁▁▁▁█ 1,200 '),
  )
  expect(lines[at]).toContain('2026-11-25 07:00:00Z')
  expect(`${lines[at]} ${lines[at + 1]}`).toMatch(/11-24 06:30(:00)?Z/)
  expect(lines[at + 2]).toBe('   Key (customer_no)=(900) is not present in table "customers".')
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(width)
})

it('says since when, in words of its own line', () => {
  const text = renderSurvey('orders', survey([group({})]), {width: 80})
  expect(text).toContain('first failure 2026-11-24 06:30:00Z, last failure 2026-11-25 07:00:00Z')
})

it('says where the groups are about the newest only', () => {
  const text = renderSurvey(
    'orders',
    survey([group({})], {deadLetters: 1_000_000, matched: 1_000_000, grouped: 10_000}),
    {width: 120},
  )
  expect(text).toContain('only the newest 10,000 of 1,000,000 are grouped; --all groups every letter')
})

it('names ten of three hundred reasons', () => {
  const reasons = Object.fromEntries(Array.from({length: 300}, (_, i) => [`reason ${i}`, 1]))
  const text = renderSurvey(
    'orders',
    survey([group({})], {deadLettersByReason: reasons, matched: 300, deadLetters: 300}),
    {width: 120},
  )
  expect(text).toMatch(/^ reason 9 +1 {2}unknown +unknown\n and 290 more reasons +290$/m)
  expect(text).not.toContain('reason 10')
  expect(text.length).toBeLessThan(2000)
})

it('says what comes next, which is not one group where only one is shown', () => {
  const next = (groups: LetterGroup[]) =>
    renderSurvey('orders', survey(groups), {width: 80}).split('\n').at(-1)
  expect(next([group({}), group({id: 'xqj76e'})])).toMatch(/^next: --group ID for one group, /)
  expect(next([group({})])).toMatch(/^next: --by PATH for values, /)
})

it('says that nothing matches, and how many there are', () => {
  expect(renderSurvey('orders', survey([], {matched: 0, grouped: 0}), {width: 80})).toBe(
    'queue orders: no dead letter matches the filter (10 in total)\nsearched all 10 letters',
  )
})

it.each([
  [{letters: 10, since: null, before: null}, 'searched all 10 letters'],
  [
    {letters: 4, since: '2026-11-24T06:30:00.000Z', before: '2026-11-25T07:00:00.000Z'},
    'searched 4 letters, those that failed since 2026-11-24 06:30:00Z and before 2026-11-25 07:00:00Z',
  ],
])('says what a filter was searched in: %j', (searched, said) => {
  for (const matched of [0, 3]) {
    expect(
      renderSurvey('orders', survey([group({})], {matched, searched}), {width: 160}).split('\n'),
    ).toContain(said)
  }
})

it.each([80, 120])(
  'says of each reason since when, and what is not known exactly, at %d columns',
  (width) => {
    const exact = {isFirstExact: true, isLastExact: true}
    const text = renderSurvey(
      'orders',
      survey([group({})], {
        deadLetters: 1_000_000,
        matched: 1_000_000,
        deadLettersByReason: {foreign_key: 999_000, retries_exhausted: 990},
        foreignDeadLetters: 10,
        timesByReason: {
          foreign_key: {
            ...exact,
            firstFailedAt: '2026-11-24T06:30:00.000Z',
            lastFailedAt: '2026-11-24T07:30:00.000Z',
          },
          retries_exhausted: {
            firstFailedAt: '2026-11-24T06:40:00.000Z',
            isFirstExact: false,
            lastFailedAt: '2026-11-24T06:50:00.000Z',
            isLastExact: false,
          },
        },
        foreignTimes: {firstFailedAt: null, isFirstExact: false, lastFailedAt: null, isLastExact: false},
      }),
      {width},
    )
    const lines = text.split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        ' foreign_key          999,000  2026-11-24 06:30:00Z    2026-11-24 07:30:00Z',
        ' retries_exhausted        990  ≥ 2026-11-24 06:40:00Z  ≤ 2026-11-24 06:50:00Z',
        ' from other programs       10  unknown                 unknown',
      ]),
    )
    expect(text).toContain('"qtool dlq list -q orders --all"')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width)
  },
)

const LONG_ID = 'mwyli71f-ae919403-6d83-4dad-94ab-3eb8affde787~16:991.1983'

/** Thirteen kinds, as a bad night leaves them, of which the names of two are as long as names usually get. */
const night = Array.from({length: 13}, (_, i) =>
  group({
    id: `group${'abcdefghjkmnp'[i]}`,
    letters: 100_000 - i,
    records: 100_000 - i,
    share: 1 / 13,
    perMinute: new Array(60).fill(i),
    constraint: i < 2 ? `orders_customer_${'ab'[i]}_fkey` : null,
    parent: i < 2 ? 'customers' : null,
    column: i < 2 ? null : `column_${i}`,
    reason: i < 2 ? 'foreign_key' : 'invalid',
    code: i < 2 ? '23503' : '22P02',
  }),
)

it.each([
  [80, 24],
  [120, 40],
])(
  'shows thirteen kinds on a screen of %d columns and %d lines, the worst of them whole',
  (width, height) => {
    // Two lines for the servers and the next prompt
    const text = renderSurvey('orders', survey(night), {width, height: height - 2})
    const lines = text.split('\n')
    expect(lines.length).toBeLessThanOrEqual(height)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width)
    for (const {id} of night) expect(lines.filter((line) => line.startsWith(` ${id} `))).toHaveLength(1)
    expect(text).toMatch(/ groupa .*\n {3}foreign_key 23503 {2}orders_customer_a_fkey → customers.*\n {3}Key/)
    expect(text).toMatch(
      / groupb .*(\n {3}foreign_key |11-25 07:00Z {2})(23503) +orders_customer_b_fkey → customers/,
    )
    expect(text).toMatch(/^ groupp .* 22P02 column_12$/m)
  },
)

it('shows every group whole in a pipe, and on a screen that holds them', () => {
  const text = renderSurvey('orders', survey(night), {width: 80})
  expect(renderSurvey('orders', survey(night), {width: 80, height: 60})).toBe(text)
  expect(text.match(/^ {3}Key/gm)).toHaveLength(13)
})

it('says how many groups a small screen has no line for', () => {
  const text = renderSurvey('orders', survey(night), {width: 80, height: 16})
  expect(text.split('\n').length).toBeLessThanOrEqual(16)
  expect(text).toMatch(/^and \d+ more groups with [\d,]+ records; qtool dlq list \| less shows all$/m)
})

const item = (id: string): LetterSurvey['items'][number] => ({
  id,
  failedAt: '2026-11-25T07:00:00.000Z',
  reason: 'foreign_key',
  code: '23503',
  message: 'insert or update on table "orders" violates foreign key constraint',
  detail: `Key (customer_no)=(900) is not present in table "${'x'.repeat(100)}".`,
  column: null,
  constraint: 'orders_customer_id_fkey',
  table: null,
  attempts: 1,
  records: 1,
  payload: '{}',
  payloadEncoding: 'utf8',
  history: [],
})

it('lists letters only if asked, with their whole ids', () => {
  const items = [item(LONG_ID), item('b:1')]
  expect(renderSurvey('orders', survey([group({})], {items}), {width: 80})).not.toContain(LONG_ID)
  const text = renderSurvey('orders', survey([group({})], {items}), {width: 80, letters: 1})
  const lines = text.split('\n')
  expect(lines[lines.indexOf(` 2026-11-25 07:00:00Z  ${LONG_ID}`) + 1]).toMatch(
    /^ {3}foreign_key orders_customer_id_fkey: Key /,
  )
  expect(text).not.toContain('b:1')
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
})

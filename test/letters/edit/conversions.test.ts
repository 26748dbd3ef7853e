import {expect, it} from 'vitest'
import {CONVERSIONS} from '../../../src/letters/edit/conversions.ts'

const converted = (name: string, json: string) => CONVERSIONS.get(name)?.(json)

it.each([
  ['comma-decimal', '"467,47"', '467.47'],
  ['comma-decimal', '" 1.234.567,50 "', '1234567.50'],
  ['comma-decimal', String.raw`"-1\u00a0234,5"`, '-1234.5'],
  ['comma-decimal', '"+0007,0"', '7.0'],
  ['comma-decimal', '"12"', '12'],
  ['comma-decimal', '"1.234.567"', undefined],
  ['comma-decimal', '"1.234"', undefined],
  ['comma-decimal', '"1,234.50"', undefined],
  ['comma-decimal', '"1.234 567,5"', undefined],
  ['comma-decimal', '467.47', undefined],
  ['comma-decimal', '"9007199254740993,10"', '9007199254740993.10'],
  ['number', '" 9007199254740993.100 "', '9007199254740993.100'],
  ['number', '"+1e400"', '1e400'],
  ['number', '"007"', '7'],
  ['number', '"0x10"', undefined],
  ['number', '"1,5"', undefined],
  ['number', '7', undefined],
  ['string', '9007199254740993.100', '"9007199254740993.100"'],
  ['string', 'true', '"true"'],
  ['string', '"a"', undefined],
  ['string', 'null', undefined],
  ['string', '{}', undefined],
  ['epoch-s', '1764150000', '"2025-11-26T09:40:00Z"'],
  ['epoch-s', '"1764150000.123456789"', '"2025-11-26T09:40:00.123456789Z"'],
  ['epoch-s', '0', '"1970-01-01T00:00:00Z"'],
  ['epoch-s', '-1', '"1969-12-31T23:59:59Z"'],
  ['epoch-s', '-1.25', '"1969-12-31T23:59:58.75Z"'],
  ['epoch-s', '1764150000000', undefined],
  ['epoch-ms', '1764150000007', '"2025-11-26T09:40:00.007Z"'],
  ['epoch-ms', '1764150000', undefined],
  ['epoch-ms', '1.76e12', undefined],
  ['epoch-ms', '"2025-11-26T09:40:00Z"', undefined],
  ['epoch-us', '1764150000000007', '"2025-11-26T09:40:00.000007Z"'],
  ['epoch-ns', '1764150000000000007', '"2025-11-26T09:40:00.000000007Z"'],
  ['date-dmy', '"26.11.2026"', '"2026-11-26"'],
  ['date-dmy', '"1/2/2026 14:05:09.50+01:00"', '"2026-02-01T14:05:09.50+01:00"'],
  ['date-mdy', '"11/26/2026"', '"2026-11-26"'],
  ['date-mdy', '"26/11/2026"', undefined],
  ['date-dmy', '"29.02.2025"', undefined],
  ['date-dmy', '"29.02.2024"', '"2024-02-29"'],
  ['date-dmy', '"26.11/2026"', undefined],
  ['trim', '" a b "', '"a b"'],
  ['trim', String.raw`"\n \u00a0\u00fc\/ x\t"`, String.raw`"\u00fc\/ x"`],
  ['trim', '"  "', '""'],
  ['trim', '"a"', undefined],
  ['trim', '5', undefined],
  ['empty-null', '""', 'null'],
  ['empty-null', String.raw`" \t"`, 'null'],
  ['empty-null', '"x"', undefined],
  ['json', String.raw`"{\"a\": 1.50}"`, '{"a": 1.50}'],
  ['json', '" 7 "', '7'],
  ['json', '"{"', undefined],
  ['json', '{"a":1}', undefined],
])('%s makes of %s %s', (name, from, to) => {
  expect(converted(name, from)).toEqual(to === undefined ? {misfit: expect.any(String)} : {json: to})
})

it('takes each count of an epoch for one unit at most, so that a wrong one changes nothing', () => {
  for (let digits = 1; digits < 20; digits++) {
    const count = `17${'0'.repeat(digits)}`
    const taken = ['epoch-s', 'epoch-ms', 'epoch-us', 'epoch-ns'].filter(
      (name) => 'json' in (converted(name, count) ?? {}),
    )
    expect(taken.length, count).toBeLessThanOrEqual(1)
  }
})

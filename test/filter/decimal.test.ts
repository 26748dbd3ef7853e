import {expect, it} from 'vitest'
import {compareDecimals, readDecimal} from '../../src/filter/decimal.ts'
import {randomInt} from '../support/seeded.ts'

/** As an exact fraction over a power of ten, which shares nothing with the code. */
function scaled(text: string): bigint {
  const [mantissa, power = '0'] = text.toLowerCase().split('e')
  const [whole, fraction = ''] = mantissa.split('.')
  const places = 60 + Number(power) - fraction.length
  return BigInt(whole + fraction) * 10n ** BigInt(places)
}

it('compares every digit of numbers in any form', () => {
  const random = randomInt(7)
  const digits = (most: number) => Array.from({length: 1 + random(most)}, () => '01259'[random(5)]).join('')
  const number = () =>
    [
      ['', '-'][random(2)],
      digits(20),
      random(2) === 0 ? '' : `.${digits(10)}`,
      random(2) === 0 ? '' : `${'eE'[random(2)]}${['', '+', '-'][random(3)]}${random(30)}`,
    ].join('')
  for (let i = 0; i < 5_000; i++) {
    const a = number()
    // Often the same number in another form, or one digit away
    const b =
      random(3) === 0
        ? `${a.split(/[eE]/)[0]}0e${a.split(/[eE]/)[1] ?? 0}`.replace(/^(-?\d+)0e/, '$1e')
        : number()
    const [left, right] = [readDecimal(a), readDecimal(b)]
    if (!left || !right) throw new Error(`${a} or ${b} was refused`)
    const expected = scaled(a) < scaled(b) ? -1 : Number(scaled(a) > scaled(b))
    expect(Math.sign(compareDecimals(left, right)), `${a} ${b}`).toBe(expected)
  }
})

it.each(['', '.5', '5.', '+1', '1e', '0x10', '1_000', 'NaN', ' 1', '1 ', '1,5'])(
  'takes %j for no number',
  (text) => {
    expect(readDecimal(text)).toBeUndefined()
  },
)

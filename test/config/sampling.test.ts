import {expect, it} from 'vitest'
import {parseSampling, samplingText} from '../../src/config/sampling.ts'

it.each([
  ['1/1', 1],
  ['1/1000', 1000],
])('reads %s', (text, oneIn) => {
  expect(parseSampling('--trace', text)).toBe(oneIn)
  expect(samplingText(oneIn)).toBe(text)
})

it.each(['1', '1/0', '0.5', '1/x', '2/3', '1/1.5', '', '1/99999999999999999999'])('refuses %j', (text) => {
  expect(() => parseSampling('--trace', text)).toThrow(`expected --trace to be 1/N`)
})

import {describe, expect, it} from 'vitest'
import {STYLE} from '../../../../src/render/bench/html/style.ts'

/** Colours by name, for the light and the dark page. */
const themes = [...STYLE.matchAll(/color-scheme: (light|dark);([^}]*)/g)].map(
  ([, name = '', body = '']) =>
    [
      name,
      new Map([...body.matchAll(/--(\w+): (#\w+)/g)].map(([, key = '', value = '']) => [key, value])),
    ] as const,
)

/** WCAG 2: relative luminance. */
function luminance(color: string): number {
  const digits = color.length === 4 ? color.slice(1).replace(/./g, '$&$&') : color.slice(1)
  const [r = 0, g = 0, b = 0] = [0, 2, 4].map((at) => {
    const channel = Number.parseInt(digits.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(colors: Map<string, string>, front: string, back: string): number {
  const [a, b] = [front, back].map((name) => luminance(colors.get(name) ?? '#000'))
  return (Math.max(a ?? 0, b ?? 0) + 0.05) / (Math.min(a ?? 0, b ?? 0) + 0.05)
}

describe.each(themes)('the %s page', (_, colors) => {
  it.each(['ink', 'soft', 'link', 'good', 'bad'])('has %s text with the contrast of WCAG AA', (front) => {
    for (const back of ['paper', 'card']) expect(contrast(colors, front, back)).toBeGreaterThanOrEqual(4.5)
  })

  it.each(['s1', 's2', 's3', 's4', 's5', 's6', 'target'])('has the line %s stand out', (front) => {
    for (const back of ['paper', 'band']) expect(contrast(colors, front, back)).toBeGreaterThanOrEqual(3)
  })
})

it('is light, dark, and light again on paper', () => {
  expect(themes.map(([name]) => name)).toEqual(['light', 'dark', 'light'])
})

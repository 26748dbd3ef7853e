import {readFileSync, statSync} from 'node:fs'
import {hostname} from 'node:os'
import {expect, it} from 'vitest'
import {shellBlocks} from '../support/shell-blocks.ts'

const FILE = 'examples/night.cast'

const [header, ...events] = readFileSync(FILE, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line))

const shown = events.map(([, , text]) => text).join('')

/** What is left of it on paper. */
const plain = shown.replace(/\u001b\[[\d;?]*[a-zA-Z]/g, '').replaceAll('\r', '')

it('is a recording in the second version of the format, of a few minutes and not large', () => {
  expect(header).toMatchObject({version: 2, width: 100, height: 32})
  let before = 0
  for (const event of events) {
    const [seconds, kind, text] = event
    expect([event.length, kind, typeof text]).toEqual([3, 'o', 'string'])
    expect(seconds).toBeGreaterThanOrEqual(before)
    before = seconds
  }
  expect(before).toBeLessThan(300)
  expect(statSync(FILE).size).toBeLessThan(300_000)
})

it('runs the commands of docs/night.md, in their order, to its proof', () => {
  const commands = shellBlocks('docs/night.md').flatMap(({commands: typed}) => typed)
  const typed = commands.map((line) => `$ ${line.replace(/ +# .*$/, '')}`)
  expect(plain.split('\n').filter((line) => line.startsWith('$ qtool'))).toEqual(typed)
  expect(plain).toContain('1,600 of 2,001 orders written, 413 dead letters')
  expect(plain).toMatch(/dead letters +0\n[\s\S]* written +2,000 rows, 0 already there/)
})

it('names nobody, no machine and no folder', () => {
  expect(shown).not.toMatch(/\/(home|root|tmp|work|usr|var)\//)
  expect(shown).not.toMatch(/\broot@/)
  if (hostname().length > 3) expect(shown).not.toContain(hostname())
})

import {readFileSync} from 'node:fs'
import {expect, it} from 'vitest'
import {CHECKS} from '../../src/doctor/checks.ts'

it('lists every check, and no others, in docs/doctor.md', () => {
  const page = readFileSync('docs/doctor.md', 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z-]+\.[a-z-]+)` \|/gm)].map(([, id]) => id)
  expect(rows.sort()).toEqual(CHECKS.map(({id}) => id).sort())
})

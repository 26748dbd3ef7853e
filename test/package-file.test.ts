import {readFileSync} from 'node:fs'
import {resolve} from 'node:path'
import {expect, it} from 'vitest'
import {packageFile} from '../src/package-file.ts'

it('finds what comes with qtool, whatever the working directory', () => {
  expect(packageFile('package.json')).toBe(resolve('package.json'))
  expect(packageFile('examples', 'tracks')).toBe(resolve('examples/tracks'))
  expect(JSON.parse(readFileSync(packageFile('package.json'), 'utf8')).name).toBe('qtool')
})

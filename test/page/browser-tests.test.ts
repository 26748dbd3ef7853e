import {expect, it} from 'vitest'
import {findChromium} from '../browser/chromium.ts'

it('leaves all tests in a browser to npm run test:browser, which npm test has not run', async () => {
  const {default: config} = await import('../../vitest.config.ts')
  expect(config.test?.exclude).toContain('test/browser/**')
})

it('says in one sentence what to do where Chromium is missing', () => {
  expect(() => findChromium({PATH: '/nowhere'})).toThrow(
    'the tests of the page need Chromium, and there is none on the PATH, under chromium, chromium-browser, ' +
      'google-chrome; "apt-get install chromium" installs it',
  )
  expect(() => findChromium({QTOOL_CHROMIUM: '/nowhere/chrome'})).toThrow('none at /nowhere/chrome')
})

import {type Browser, type BrowserContextOptions, chromium, type Page} from 'playwright-core'
import {afterAll, afterEach, beforeAll, expect, inject} from 'vitest'
import {startServe, type TestApi, type TestServeOptions, TOKEN} from '../support/serve.ts'

export interface Opened extends BrowserContextOptions {
  /** Null to be asked for it. */
  token?: string | null
}

/** A browser, and a server of the page, for one test file. */
export interface Browsing {
  api: TestApi
  /** Opens the page in a tab of its own. @param hash e.g. `#/queue/orders` */
  open(hash?: string, options?: Opened): Promise<Page>
}

/** What a browser says of an answer that is an error: the page says it too, and a test may want it. */
const OF_ANSWERS = /^Failed to load resource|^\[DOM\]/

/** Every test fails in which the page throws, or does something that its content policy refuses. */
export function useBrowser(
  options: () => Promise<TestServeOptions> | TestServeOptions = () => ({}),
): Browsing {
  let browser: Browser
  const problems: string[] = []
  const pages: Page[] = []
  const browsing = {
    async open(hash = '', {token = TOKEN, ...context}: Opened = {}) {
      const page = await (await browser.newContext(context)).newPage()
      pages.push(page)
      page.setDefaultTimeout(20_000)
      page.on('pageerror', (error) => problems.push(error.message))
      page.on('console', (said) => {
        if (said.type() === 'error' && !OF_ANSWERS.test(said.text())) problems.push(said.text())
      })
      if (token !== null) await page.addInitScript(keepToken, token)
      await page.goto(`${browsing.api.url}/${hash}`)
      return page
    },
  } as Browsing
  beforeAll(async () => {
    browsing.api = await startServe(await options())
    browser = await chromium.launch({
      executablePath: inject('chromium'),
      // Root may not use Chromium's sandbox; it shows nothing but our own page
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    })
  })
  afterEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.context().close()))
    expect(problems.splice(0)).toEqual([])
  })
  afterAll(async () => {
    await browser.close()
    await browsing.api.stop()
  })
  return browsing
}

function keepToken(token: string): void {
  sessionStorage.setItem('qtool-token', token)
}

import {PassThrough} from 'node:stream'
import {afterEach, describe, expect, it, vi} from 'vitest'
import {askToGoOn, listenForInterrupts, startProgress} from '../../src/cli/terminal.ts'

const stdin = Object.getOwnPropertyDescriptor(process, 'stdin')

afterEach(() => {
  if (stdin) Object.defineProperty(process, 'stdin', stdin)
  vi.restoreAllMocks()
})

/** Simulates a person at the terminal who types `text`; undefined closes the input. */
function sitDown(text: string | undefined): void {
  const keys = Object.assign(new PassThrough(), {isTTY: true})
  Object.defineProperty(process, 'stdin', {value: keys, configurable: true})
  if (text === undefined) keys.end()
  else keys.write(text)
}

describe('askToGoOn', () => {
  it.each(['y\n', 'Yes\n', ' y \n'])('goes on at %j, and asks on stderr', async (text) => {
    sitDown(text)
    const asked = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const answered = vi.spyOn(process.stdout, 'write')
    await askToGoOn('this removes it')
    expect(asked.mock.calls.join('')).toContain('this removes it. Go on? [y/N]')
    expect(answered).not.toHaveBeenCalled()
  })

  it.each(['n\n', '\n', 'yep\n', undefined])('refuses at %j', async (text) => {
    sitDown(text)
    vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await expect(askToGoOn('this removes it')).rejects.toMatchObject({kind: 'refused'})
  })

  it('refuses without a terminal, and names --yes', async () => {
    Object.defineProperty(process, 'stdin', {value: new PassThrough(), configurable: true})
    await expect(askToGoOn('this removes it')).rejects.toMatchObject({
      kind: 'refused',
      code: 'UNCONFIRMED',
      suggestions: [expect.stringContaining('--yes')],
    })
  })
})

describe('listenForInterrupts', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('aborts at the first %s and leaves at the second', (signal) => {
    const before = process.listeners(signal)
    const first = vi.fn()
    const second = vi.fn()
    const aborted = listenForInterrupts(first, second)
    const [onSignal] = process.listeners(signal).filter((listener) => !before.includes(listener))
    for (const name of ['SIGINT', 'SIGTERM']) process.off(name, onSignal)
    onSignal(signal)
    expect([aborted.aborted, first.mock.calls.length, second.mock.calls.length]).toEqual([true, 1, 0])
    onSignal(signal)
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 1])
  })
})

it('progress is silent where stderr is no terminal', async () => {
  // A worker of vitest has no terminal
  expect(process.stderr.isTTY).toBeFalsy()
  const written = vi.spyOn(process.stderr, 'write')
  const progress = await startProgress('working')
  progress.update('still working')
  progress.stop()
  expect(written).not.toHaveBeenCalled()
})

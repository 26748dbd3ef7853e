import {PassThrough} from 'node:stream'
import {afterEach, describe, expect, it, vi} from 'vitest'
import {askToGoOn, listenForInterrupts} from '../../src/cli/terminal.ts'

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
    expect(asked.mock.calls.join('')).toContain('this removes it. Continue? [y/N]')
    expect(answered).not.toHaveBeenCalled()
  })

  it.each(['n\n', '\n', 'yep\n', undefined])('refuses at %j', async (text) => {
    sitDown(text)
    vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    // Whoever has just said no is not told how to say yes
    await expect(askToGoOn('this removes it')).rejects.toMatchObject({
      kind: 'refused',
      message: 'you said no; nothing was changed',
      suggestions: [],
    })
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
  /** Listens; sends signals to the listener alone, which is taken off this process again. */
  function listen() {
    const before = process.listeners('SIGINT')
    const [first, second] = [vi.fn(), vi.fn()]
    const {signal: aborted, stop} = listenForInterrupts(first, second)
    const [onSignal] = process.listeners('SIGINT').filter((listener) => !before.includes(listener))
    const isHeard = (name: NodeJS.Signals) => process.listeners(name).includes(onSignal)
    const heard = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).filter(isHeard)
    stop()
    expect(process.listeners('SIGINT')).toEqual(before)
    const calls = () => [first.mock.calls.length, second.mock.calls.length]
    return {aborted, heard, calls, send: (name: NodeJS.Signals) => onSignal(name)}
  }

  it('hears Ctrl-C, SIGTERM, and a terminal that is closed', () => {
    expect(listen().heard).toEqual(['SIGINT', 'SIGTERM', 'SIGHUP'])
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'aborts at a first %s and leaves at a second signal',
    (name) => {
      const {aborted, calls, send} = listen()
      send(name)
      expect([aborted.aborted, ...calls()]).toEqual([true, 1, 0])
      send('SIGTERM')
      expect(calls()).toEqual([1, 1])
    },
  )

  it('does not leave because a terminal that is closed says so twice', () => {
    const {calls, send} = listen()
    send('SIGHUP')
    send('SIGHUP')
    expect(calls()).toEqual([1, 0])
  })
})

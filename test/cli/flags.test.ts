import {Flags, type Interfaces} from '@oclif/core'
import {describe, expect, it} from 'vitest'
import {QtoolCommand} from '../../src/cli/command.ts'
import {byQuick} from '../../src/cli/flag-kind.ts'
import {bytes, count, counts, duration, percent, rate, time} from '../../src/cli/flags.ts'
import {runCommand} from '../support/run-command.ts'

type AnyFlag = Extract<Interfaces.FlagInput[string], {type: 'option'}>

const quick = Flags.boolean()

/** What a command with one flag, `--it`, makes of the words. */
async function read(flag: AnyFlag, argv: string[]) {
  class Probe extends QtoolCommand<object> {
    static override flags = {it: flag, quick}
    async run() {
      const {flags} = await this.parse(Probe)
      return {it: flags.it}
    }
  }
  const {code, json} = await runCommand(Probe, [...argv, '--json'])
  return {code, ...(json as {it?: unknown; error?: {code: string; message: string}})}
}

/** The default as `--help` shows it. */
async function shown({defaultHelp}: AnyFlag): Promise<unknown> {
  // What oclif hands over does not matter to these flags
  return typeof defaultHelp === 'function' ? defaultHelp({} as never) : defaultHelp
}

const KINDS: Array<[string, AnyFlag, string, unknown]> = [
  ['duration', duration({}), '90s', 90_000],
  ['count', count({}), '16.1k', 16_100],
  ['counts', counts({max: 50_000}), '50k,1,2,1', [1, 2, 50_000]],
  ['rate', rate({}), '2k/s', 2000],
  ['percent', percent({}), '7%', 0.07],
  ['time', time({}), '2h', '2h'],
  ['size', bytes({min: 2}), '64kib', 65_536],
]

describe.each(KINDS)('a flag that takes a %s', (_, flag, text, value) => {
  it('reads what is typed', async () => {
    expect(await read(flag, ['--it', text])).toEqual({code: 0, it: value})
  })

  it('says with exit code 2 what it expected and what came', async () => {
    expect(await read(flag, ['--it', 'five'])).toEqual({
      code: 2,
      error: {
        code: 'USAGE',
        message: expect.stringMatching(/^expected --it to be .+, got "five"$/),
        suggestions: ['--help shows what the command takes'],
      },
    })
  })

  it('refuses an empty value in the words of all other flags', async () => {
    const {code, error} = await read(flag, ['--it='])
    expect({code, message: error?.message}).toEqual({code: 2, message: '--it has an empty value'})
  })

  it('has no value and shows none without a default', async () => {
    expect(await read(flag, [])).toEqual({code: 0})
    expect(await shown(flag)).toBeUndefined()
  })
})

const LIMITED: Array<[AnyFlag, string, string]> = [
  [duration({max: 10_000}), '11s', 'expected --it to be at most 10s, got 11s'],
  [duration({}), '25d', 'expected --it to be at most 24d, got 25d'],
  [
    bytes({min: 2, max: 1_048_576}),
    '2MiB',
    'expected --it to be a size in bytes, 2 to 1MiB, such as 65536, 64KiB or 1MiB, got "2MiB"',
  ],
  [
    bytes({min: 2}),
    '1',
    'expected --it to be a size in bytes, at least 2, such as 65536, 64KiB or 1MiB, got "1"',
  ],
  [counts({max: 500}), '1,501', 'expected --it to be at most 500 each, got 501'],
]

it.each(LIMITED)('a limit is named as it is typed', async (flag, text, message) => {
  expect(await read(flag, ['--it', text])).toMatchObject({code: 2, error: {message}})
})

const DEFAULTS: Array<[AnyFlag, string, unknown, unknown]> = [
  [duration({default: '60s'}), '60s', 60_000, 60_000],
  [duration({default: {full: 60_000, quick: 500}}), '1m; 500ms with --quick', 60_000, 500],
  [count({default: {full: 50_000, quick: 8000}}), '50k; 8k with --quick', 50_000, 8000],
  [count({default: {full: 12_345_678, quick: 12_345_678}}), '12345678', 12_345_678, 12_345_678],
  [
    counts({max: 9000, default: {full: [200, 2000], quick: [1000]}}),
    '200,2k; 1k with --quick',
    [200, 2000],
    [1000],
  ],
  [rate({default: {full: 50_000, quick: 500}}), '50k/s; 500/s with --quick', 50_000, 500],
  [percent({default: {full: 0.07, quick: 0.07}}), '7%', 0.07, 0.07],
  [bytes({min: 2, default: '1MiB'}), '1MiB', 1_048_576, 1_048_576],
  [bytes({min: 2, default: {full: 3072, quick: 3000}}), '3KiB; 3000 with --quick', 3072, 3000],
  [Flags.integer(byQuick({full: 10, quick: 2})), '10; 2 with --quick', 10, 2],
]

it.each(DEFAULTS)(
  'a default is shown as it is typed, and depends on --quick',
  async (flag, text, full, fast) => {
    expect(await shown(flag)).toBe(text)
    expect(await read(flag, [])).toEqual({code: 0, it: full})
    expect(await read(flag, ['--quick'])).toEqual({code: 0, it: fast})
  },
)

it('a flag that excludes another is named without its value', async () => {
  const flag = count({exclusive: ['quick']})
  expect(await read(flag, ['--it', '5k', '--quick'])).toMatchObject({
    code: 2,
    error: {message: '--quick cannot be combined with --it'},
  })
})

it('a default that is applied later is shown, and needs no flag that its own flag needs', async () => {
  const flag = percent({default: {later: 0.05}, dependsOn: ['quick']})
  expect(await shown(flag)).toBe('5%')
  expect(await read(flag, [])).toEqual({code: 0})
})

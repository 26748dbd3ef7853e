import {execFileSync, spawnSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {newFolder} from '../support/cli.ts'

const {commands} = JSON.parse(readFileSync('oclif.manifest.json', 'utf8'))

/** The value of a setting; the last one, as systemd takes it. */
function setting(unit: string, name: string): string | undefined {
  return unit
    .split('\n')
    .filter((line) => line.startsWith(`${name}=`))
    .map((line) => line.slice(name.length + 1))
    .at(-1)
}

const seconds = (text = '') => Number(/^(\d+)s?$/.exec(text)?.[1])

/** The value of a flag in the command of a unit, else its default. */
function flag(unit: string, command: string, name: string): string {
  const words = setting(unit, 'ExecStart')?.split(' ') ?? []
  const at = words.indexOf(`--${name}`)
  return at < 0 ? commands[command].flags[name].default : words[at + 1]
}

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0

describe.each(['work', 'serve'])('qtool-%s.service', (command) => {
  const unit = readFileSync(`examples/systemd/qtool-${command}.service`, 'utf8')

  it('starts a command with flags that there are', () => {
    const [program, id, ...words] = setting(unit, 'ExecStart')?.split(' ') ?? []
    expect([program, id]).toEqual(['/usr/local/bin/qtool', command])
    const flags = words.filter((word) => word.startsWith('--')).map((word) => word.slice(2))
    expect(Object.keys(commands[command].flags)).toEqual(expect.arrayContaining(flags))
  })

  it('is stopped by SIGTERM, without root, and not restarted where that mends nothing', () => {
    expect(setting(unit, 'KillSignal')).toBe('SIGTERM')
    expect(setting(unit, 'DynamicUser')).toBe('yes')
    expect(setting(unit, 'Restart')).toBe('on-failure')
    expect(setting(unit, 'RestartPreventExitStatus')).toBe(unit.includes('qtool work') ? '2 3 5 6' : '2 3 6')
  })

  it.skipIf(!hasSystemd)('is understood by systemd (skipped where there is no systemd-analyze)', () => {
    const path = join(newFolder(), `qtool-${command}.service`)
    // Only the program that it starts is not there
    writeFileSync(path, unit.replace('/usr/local/bin/qtool', process.execPath))
    const {status, stdout, stderr} = spawnSync('systemd-analyze', ['verify', path], {encoding: 'utf8'})
    expect({status, stdout, stderr}).toEqual({status: 0, stdout: '', stderr: ''})
    const report = execFileSync('systemd-analyze', ['security', '--offline=true', path], {encoding: 'utf8'})
    expect(Number(/Overall exposure level .*: ([\d.]+)/.exec(report)?.[1])).toBeLessThan(2)
  })
})

it('the workers have time to finish a lease and its longest statement', () => {
  const unit = readFileSync('examples/systemd/qtool-work.service', 'utf8')
  const timeout = seconds(setting(unit, 'TimeoutStopSec'))
  expect(timeout).toBeGreaterThan(seconds(flag(unit, 'work', 'lease')))
  expect(timeout).toBeGreaterThan(seconds(flag(unit, 'work', 'query-timeout')))
  // `work` ends with it when it is interrupted
  expect(setting(unit, 'SuccessExitStatus')).toBe('130')
})

it('the server has time to let requests end', () => {
  const unit = readFileSync('examples/systemd/qtool-serve.service', 'utf8')
  expect(seconds(setting(unit, 'TimeoutStopSec'))).toBeGreaterThan(seconds(flag(unit, 'serve', 'grace')))
})
